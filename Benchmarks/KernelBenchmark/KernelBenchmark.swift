// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels

/// Times kernels and notes their rates, beside the rate at which this machine reads memory.
final class Benchmark {
    /// What a kernel has to do, to be compared with what the machine can do.
    struct Work {
        /// Bytes read and written; of those that stay in the processor's caches more than 100 % of memory's rate is
        /// possible.
        var bytes = 0
        var multiplyAdds = 0
        /// What multiplies.
        var multiplier = Multiplier.float32
    }

    /// One measured kernel.
    struct Row {
        let name: String
        let seconds: Double
        let work: Work

        var bytesPerSecond: Double { Double(work.bytes) / seconds }
        var multiplyAddsPerSecond: Double { Double(work.multiplyAdds) / seconds }
    }

    let workers: WorkerPool
    let scratch = KernelScratch()
    let filter: String
    /// Bytes a second that all threads together read from memory in huge pages.
    let memoryReadRate: Double
    /// Multiply-adds a second that all threads together make in registers, by what multiplies.
    let multiplierRates: [Multiplier: Double]
    private let isQuiet: Bool
    private(set) var rows: [Row] = []

    /// - Parameter isQuiet: prints nothing while measuring.
    init(threads: Int, filter: String, isQuiet: Bool) throws {
        workers = try WorkerPool(threadCount: threads)
        self.filter = filter
        self.isQuiet = isQuiet
        memoryReadRate = try Self.readRate(workers)
        var rates: [Multiplier: Double] = [:]
        for multiplier in Multiplier.allCases { rates[multiplier] = Self.rate(of: multiplier, workers) }
        multiplierRates = rates
        say("\(threads) threads, \(KernelSet.current.level) kernels")
        say("memory: \(Self.rounded(memoryReadRate / 1e9)) GB/s read")
        for multiplier in Multiplier.allCases {
            say("\(multiplier): \(Self.rounded((rates[multiplier] ?? 0) / 1e9)) GMAC/s in registers")
        }
    }

    /// Whether rows whose names begin so may be among those wanted.
    func mayMeasure(_ name: String) -> Bool {
        filter.isEmpty || name.contains(filter) || filter.contains(name)
    }

    /// Seconds of one run, the best of several.
    ///
    /// - Parameter repeats: how often the body does the work.
    func measure(
        _ name: String, _ work: Work, repeats: Int = 1, _ body: () throws -> Void
    ) rethrows {
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
        best /= Double(repeats)
        let row = Row(name: name, seconds: best, work: work)
        rows.append(row)
        var line = "\(name): \(Self.rounded(best * 1e6)) us"
        if work.bytes > 0 {
            line +=
                ", \(Self.rounded(row.bytesPerSecond / 1e9)) GB/s (\(Self.percent(memoryShare(row))) of memory)"
        }
        if work.multiplyAdds > 0 {
            line += ", \(Self.rounded(row.multiplyAddsPerSecond / 1e9)) GMAC/s"
            line += " (\(Self.percent(multiplierShare(row))) of \(work.multiplier))"
        }
        say(line)
    }

    private func memoryShare(_ row: Row) -> Double { row.bytesPerSecond / memoryReadRate }

    private func multiplierShare(_ row: Row) -> Double {
        row.multiplyAddsPerSecond / (multiplierRates[row.work.multiplier] ?? .infinity)
    }

    /// Everything measured, as one JSON object.
    var json: String {
        let objects = rows.map { row in
            var fields = ["\"name\": \"\(row.name)\"", "\"seconds\": \(row.seconds)"]
            if row.work.bytes > 0 {
                fields.append("\"bytes_per_second\": \(row.bytesPerSecond)")
                fields.append("\"share_of_memory\": \(memoryShare(row))")
            }
            if row.work.multiplyAdds > 0 {
                fields.append("\"multiply_adds_per_second\": \(row.multiplyAddsPerSecond)")
                fields.append("\"multiplier\": \"\(row.work.multiplier)\"")
                fields.append("\"share_of_multiplier\": \(multiplierShare(row))")
            }
            return "{\(fields.joined(separator: ", "))}"
        }
        let peaks = Multiplier.allCases.map { "\"\($0)\": \(multiplierRates[$0] ?? 0)" }
        return """
            {"threads": \(workers.threadCount), "level": "\(KernelSet.current.level)", \
            "memory_read_bytes_per_second": \(memoryReadRate), \
            "multiply_adds_per_second": {\(peaks.joined(separator: ", "))}, "kernels": [
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

    private static func rate(of multiplier: Multiplier, _ workers: WorkerPool) -> Double {
        let rounds = 1 << 20
        let count = multiplier.run(rounds: rounds) * workers.threadCount
        var best = 0.0
        for _ in 0..<5 {
            let duration = ContinuousClock().measure {
                workers.run(count: workers.threadCount) { (_: Int) in multiplier.run(rounds: rounds) }
            }
            best = max(best, Double(count) / seconds(duration))
        }
        return best
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
