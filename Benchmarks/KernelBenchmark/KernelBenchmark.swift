// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels

/// Times kernels and notes their rates, beside the rate at which this machine reads memory.
final class Benchmark {
    /// One measured kernel.
    struct Row {
        let name: String
        let seconds: Double
        /// What is counted: bytes read (`B`), multiply-adds (`MAC`), elements (`el`) or jobs.
        let unit: String
        /// Units a second.
        let rate: Double
    }

    let workers: WorkerPool
    let scratch = KernelScratch()
    let filter: String
    /// Bytes a second that all threads together read from memory in huge pages.
    let memoryReadRate: Double
    private let isQuiet: Bool
    private(set) var rows: [Row] = []

    /// - Parameter isQuiet: prints nothing while measuring.
    init(threads: Int, filter: String, isQuiet: Bool) throws {
        workers = try WorkerPool(threadCount: threads)
        self.filter = filter
        self.isQuiet = isQuiet
        memoryReadRate = try Self.readRate(workers)
        say("\(threads) threads, \(KernelSet.current.level) kernels")
        say("memory read rate: \(Self.rounded(memoryReadRate / 1e9)) GB/s")
    }

    /// Seconds of one run, the best of several.
    func measure(_ name: String, unit: String, amount: Double, _ body: () throws -> Void) rethrows {
        guard name.contains(filter) else { return }
        try body()
        var best = Double.infinity
        let clock = ContinuousClock()
        let begin = clock.now
        var runs = 0
        while runs < 5 || (clock.now - begin < .milliseconds(600) && runs < 2000) {
            best = min(best, Self.seconds(try clock.measure(body)))
            runs += 1
        }
        let row = Row(name: name, seconds: best, unit: unit, rate: amount / best)
        rows.append(row)
        let share = unit == "B" ? ", \(Int((row.rate / memoryReadRate * 100).rounded())) % of memory" : ""
        say("\(name): \(Self.rounded(best * 1e6)) us, \(Self.rounded(row.rate / 1e9)) G\(unit)/s\(share)")
    }

    /// Everything measured, as one JSON object.
    var json: String {
        let objects = rows.map {
            "{\"name\": \"\($0.name)\", \"seconds\": \($0.seconds), \"unit\": \"\($0.unit)\", \"rate\": \($0.rate)}"
        }
        return """
            {"threads": \(workers.threadCount), "level": "\(KernelSet.current.level)", \
            "memory_read_bytes_per_second": \(memoryReadRate), "kernels": [
              \(objects.joined(separator: ",\n  "))
            ]}
            """
    }

    private func say(_ line: String) { if !isQuiet { print(line) } }

    private static func readRate(_ workers: WorkerPool) throws -> Double {
        let memory = try AlignedMemory(byteCount: 1 << 29)
        let part = memory.byteCount / workers.threadCount / 256 * 256
        // Safety: the parts are disjoint and only read.
        nonisolated(unsafe) let base = UnsafeRawPointer(memory.base)
        memory.bytes.initializeMemory(as: UInt8.self, repeating: 1)
        var best = 0.0
        for _ in 0..<5 {
            let duration = ContinuousClock().measure {
                workers.run(count: workers.threadCount) { (index: Int) in
                    MemoryReader.touch(base + index * part, byteCount: part)
                }
            }
            best = max(best, Double(part * workers.threadCount) / seconds(duration))
        }
        return withExtendedLifetime(memory) { best }
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
