// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels

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
        guard benchmark.mayMeasure(name) else { continue }
        let large = try quantised(
            bits: bits, blockSize: blockSize, k: k, n: 200_064 / 8 * 8, level: level, hasZeros: zeros,
            workers: benchmark.workers)
        let small = try quantised(
            bits: bits, blockSize: blockSize, k: k, n: 1024, level: level, hasZeros: zeros,
            workers: benchmark.workers)
        let x = floats(k * 512, seed: 1)
        let y = floats(large.n * 16, seed: 2)
        var work = Benchmark.Work(multiplier: level == 4 ? .int8 : .float32)
        for rows in [1, 4, 8, 16] {
            (work.bytes, work.multiplyAdds) = (large.byteCount, k * large.n * rows)
            try benchmark.measure("\(name) memory rows \(rows)", work) {
                try large.multiply(
                    UnsafePointer(x.baseAddress!), rows: rows, into: y.baseAddress!,
                    workers: benchmark.workers,
                    scratch: benchmark.scratch)
            }
        }
        work.bytes = 0
        try rows([1, 2, 4, 16, 128, 512], of: small, "\(name) cache", x, y, work, benchmark)
        x.deallocate()
        y.deallocate()
    }
}

/// The matrices of SmolLM2-135M, which have few blocks to a row.
func narrowProducts(_ benchmark: Benchmark) throws {
    for (k, n) in [(576, 960), (576, 576), (576, 1536), (1536, 576)] {
        let name = "q4b32 level 4 \(k)x\(n)"
        guard benchmark.mayMeasure(name) else { continue }
        let matrix = try quantised(
            bits: 4, blockSize: 32, k: k, n: n, level: 4, hasZeros: false, workers: benchmark.workers)
        let x = floats(k * 512, seed: 1)
        let y = floats(n * 512, seed: 2)
        try rows([1, 8, 128, 512], of: matrix, name, x, y, Benchmark.Work(multiplier: .int8), benchmark)
        try oneRowOfMany(like: matrix, name, x, y, benchmark)
        x.deallocate()
        y.deallocate()
    }
}

/// What becomes of 512 rows of activations before products read them, at SmolLM2-135M's widths.
func quantization(_ benchmark: Benchmark) throws {
    let activations = benchmark.scratch.activations
    for k in [576, 1536] {
        let names = ["quantise 512x\(k)", "norm and quantise 512x\(k)"]
        guard names.contains(where: benchmark.mayMeasure) else { continue }
        let matrix = try quantised(
            bits: 4, blockSize: 32, k: k, n: 8, level: 4, hasZeros: false, workers: benchmark.workers)
        let x = floats(k * 512, seed: 1)
        defer { x.deallocate() }
        let input = UnsafePointer(x.baseAddress!)
        let work = Benchmark.Work(bytes: 512 * k * 5)
        try benchmark.measure(names[0], work) {
            try activations.quantize(
                input, rows: 512, for: matrix, workers: benchmark.workers, scratch: benchmark.scratch)
        }
        let norm = NormArguments(
            x: input, scale: input, y: x.baseAddress!, rows: 512, width: k, epsilon: 1e-5)
        try benchmark.measure(names[1], work) {
            try activations.quantize(
                rmsNorm: norm, skipRows: 1, for: matrix, workers: benchmark.workers,
                scratch: benchmark.scratch)
        }
    }
}

/// One row times one matrix after the other, together more than caches hold: what a token of a small model does.
private func oneRowOfMany(
    like matrix: QuantizedMatrix, _ name: String, _ x: UnsafeMutableBufferPointer<Float>,
    _ y: UnsafeMutableBufferPointer<Float>, _ benchmark: Benchmark
) throws {
    let count = max(1, (256 << 20) / matrix.byteCount)
    let matrices = try (0..<count).map { _ in
        try quantised(
            bits: 4, blockSize: 32, k: matrix.k, n: matrix.n, level: 4, hasZeros: false,
            workers: benchmark.workers)
    }
    var work = Benchmark.Work(multiplier: .int8)
    work.bytes = count * matrix.byteCount
    work.multiplyAdds = count * matrix.k * matrix.n
    try benchmark.measure("\(name) memory rows 1 of \(count)", work) {
        for matrix in matrices {
            try matrix.multiply(
                UnsafePointer(x.baseAddress!), rows: 1, into: y.baseAddress!, workers: benchmark.workers,
                scratch: benchmark.scratch)
        }
    }
}

/// Products of some numbers of rows.
private func rows(
    _ counts: [Int], of matrix: QuantizedMatrix, _ name: String, _ x: UnsafeMutableBufferPointer<Float>,
    _ y: UnsafeMutableBufferPointer<Float>, _ work: Benchmark.Work, _ benchmark: Benchmark
) throws {
    var work = work
    for rows in counts {
        work.multiplyAdds = matrix.k * matrix.n * rows
        try benchmark.measure("\(name) rows \(rows)", work) {
            try matrix.multiply(
                UnsafePointer(x.baseAddress!), rows: rows, into: y.baseAddress!, workers: benchmark.workers,
                scratch: benchmark.scratch)
        }
    }
}
