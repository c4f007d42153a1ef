// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels

/// Measures kernels on this machine: `KernelBenchmark [FILTER [THREADS]]`; best of several runs.
struct Benchmark {
    let workers: WorkerPool
    let scratch = KernelScratch()
    let filter: String

    /// Seconds of one run, the best of several.
    func measure(_ name: String, unit: String, amount: Double, _ body: () throws -> Void) rethrows {
        guard name.contains(filter) else { return }
        try body()
        var best = Double.infinity
        let clock = ContinuousClock()
        let begin = clock.now
        var runs = 0
        while runs < 5 || (clock.now - begin < .milliseconds(600) && runs < 2000) {
            let duration = try clock.measure(body)
            let seconds =
                Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
            best = min(best, seconds)
            runs += 1
        }
        let figure = amount / best
        print("\(name): \(best * 1e6) us, \(figure / 1e9) G\(unit)/s")
    }
}

/// A reproducible stream of numbers.
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

func floats(_ count: Int, seed: UInt64) -> UnsafeMutableBufferPointer<Float> {
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
    var generator = Generator(state: seed)
    for index in 0..<count {
        buffer.initializeElement(at: index, to: Float(generator.next() >> 40) / Float(1 << 23) - 1)
    }
    return buffer
}

func quantised(
    bits: Int, blockSize: Int, k: Int, n: Int, level: Int, hasZeros: Bool, workers: WorkerPool
) throws -> QuantizedMatrix {
    let blocks = (k + blockSize - 1) / blockSize
    let values = UnsafeMutableRawBufferPointer.allocate(
        byteCount: n * blocks * blockSize * bits / 8, alignment: 64)
    let zeros = UnsafeMutableRawBufferPointer.allocate(
        byteCount: n * ((blocks * bits + 7) / 8), alignment: 64)
    defer {
        values.deallocate()
        zeros.deallocate()
    }
    var generator = Generator(state: 7)
    for index in stride(from: 0, to: values.count - 7, by: 8) {
        values.storeBytes(of: generator.next(), toByteOffset: index, as: UInt64.self)
    }
    for index in zeros.indices { zeros[index] = UInt8(truncatingIfNeeded: generator.next()) }
    let scales = floats(n * blocks, seed: 3)
    defer { scales.deallocate() }
    return try QuantizedMatrix(
        packing: QuantizedMatrixSource(
            bits: bits, blockSize: blockSize, k: k, n: n, values: UnsafeRawBufferPointer(values),
            scales: UnsafeRawBufferPointer(scales),
            zeroPoints: hasZeros ? .packed(UnsafeRawBufferPointer(zeros)) : .none, accuracyLevel: level),
        workers: workers)
}

func quantisedProducts(_ benchmark: Benchmark) throws {
    let k = 3072
    for (bits, blockSize, level, zeros) in [
        (4, 32, 4, false), (4, 32, 4, true), (4, 128, 4, false), (4, 16, 4, false), (8, 32, 4, false),
        (4, 32, 0, false), (8, 32, 0, false),
    ] {
        let name = "q\(bits)b\(blockSize) level \(level)\(zeros ? " zeros" : "")"
        guard benchmark.filter.isEmpty || name.contains(benchmark.filter) || benchmark.filter.contains(name)
        else {
            continue
        }
        let large = try quantised(
            bits: bits, blockSize: blockSize, k: k, n: 200_064 / 8 * 8, level: level, hasZeros: zeros,
            workers: benchmark.workers)
        let small = try quantised(
            bits: bits, blockSize: blockSize, k: k, n: 1024, level: level, hasZeros: zeros,
            workers: benchmark.workers)
        let x = floats(k * 512, seed: 1)
        let y = floats(large.n * 4, seed: 2)
        for rows in [1, 4] {
            try benchmark.measure("\(name) memory rows \(rows)", unit: "B", amount: Double(large.byteCount)) {
                try large.multiply(
                    UnsafePointer(x.baseAddress!), rows: rows, into: y.baseAddress!,
                    workers: benchmark.workers,
                    scratch: benchmark.scratch)
            }
        }
        for rows in [1, 2, 4, 16, 128, 512] {
            try benchmark.measure(
                "\(name) cache rows \(rows)", unit: "MAC", amount: Double(k) * 1024 * Double(rows)
            ) {
                try small.multiply(
                    UnsafePointer(x.baseAddress!), rows: rows, into: y.baseAddress!,
                    workers: benchmark.workers,
                    scratch: benchmark.scratch)
            }
        }
        x.deallocate()
        y.deallocate()
    }
}

func rowKernels(_ benchmark: Benchmark) {
    let width = 3072
    let x = floats(width * 128, seed: 1)
    let y = floats(width * 128, seed: 2)
    let input = UnsafePointer(x.baseAddress!)
    for rows in [1, 128] {
        let count = rows * width
        benchmark.measure("rmsNorm rows \(rows)", unit: "el", amount: Double(count)) {
            RowKernels.rmsNorm(
                NormArguments(
                    x: input, scale: input, y: y.baseAddress!, rows: rows, width: width, epsilon: 1e-5),
                workers: benchmark.workers)
        }
        benchmark.measure("siluMultiply rows \(rows)", unit: "el", amount: Double(count)) {
            RowKernels.apply(
                .siluMultiply, input, input, into: y.baseAddress!, count: count, workers: benchmark.workers)
        }
        benchmark.measure("softmax rows \(rows)", unit: "el", amount: Double(count)) {
            RowKernels.softmax(
                input, into: y.baseAddress!, rows: rows, width: width, workers: benchmark.workers)
        }
    }
    benchmark.measure("empty job", unit: "job", amount: 1) { benchmark.workers.run(count: 2) { _ in } }
}

let arguments = CommandLine.arguments
let threads = arguments.count > 2 ? Int(arguments[2]) ?? 1 : WorkerPool.defaultThreadCount
let benchmark = Benchmark(
    workers: try WorkerPool(threadCount: threads), filter: arguments.count > 1 ? arguments[1] : "")
print("\(threads) threads, \(KernelSet.current.level) kernels")
rowKernels(benchmark)
try AttentionBenchmark(benchmark).run()
try quantisedProducts(benchmark)
