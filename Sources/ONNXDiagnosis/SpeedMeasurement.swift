// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels

/// How fast this machine multiplies by matrices like those of a model, measured on invented ones for about two
/// seconds.
struct SpeedMeasurement {
    /// Bytes of packed weights read per second by products with one row.
    let bytesPerSecond: Double
    /// Multiply-adds per second of products with many rows.
    let productsPerSecond: Double

    private static let rows = 128
    /// More than the caches of the processor hold.
    private static let workingSet = 160 << 20

    /// Measures with quantised matrices of this form.
    ///
    /// - Throws: `memory.*`, `threads.*`.
    init(like matrix: DecoderNeeds.Matrix, totalByteCount: Int, threads: Int) throws(ONNXError) {
        let workers = try WorkerPool(threadCount: threads)
        let inputs = matrix.inputs
        // Fewer outputs than a huge matrix has serve as well.
        let outputs = max(1, min(matrix.outputs, (32 << 20) / max(1, inputs)))
        let blocks = (inputs + matrix.blockSize - 1) / matrix.blockSize
        let values = [UInt8](repeating: 0x5A, count: outputs * blocks * matrix.blockSize * matrix.bits / 8)
        let scales = [Float](repeating: 0.0123, count: outputs * blocks)
        let zeroPoints = [UInt8](repeating: 0x77, count: outputs * ((blocks * matrix.bits + 7) / 8))
        func pack() throws(ONNXError) -> QuantizedMatrix {
            let result: Result<QuantizedMatrix, ONNXError> = values.withUnsafeBytes { values in
                scales.withUnsafeBytes { scales in
                    zeroPoints.withUnsafeBytes { zeroPoints in
                        do throws(ONNXError) {
                            return .success(
                                try QuantizedMatrix(
                                    packing: QuantizedMatrixSource(
                                        bits: matrix.bits, blockSize: matrix.blockSize, k: inputs, n: outputs,
                                        values: values, scales: scales,
                                        zeroPoints: matrix.hasZeroPoints ? .packed(zeroPoints) : .none,
                                        accuracyLevel: matrix.accuracyLevel), workers: workers))
                        } catch { return .failure(error) }
                    }
                }
            }
            return try result.get()
        }
        var copies = [try pack()]
        let wanted = min(totalByteCount, Self.workingSet)
        while copies.count * copies[0].byteCount < wanted, copies.count < 4096 { copies.append(try pack()) }
        let scratch = KernelScratch()
        let input = [Float](repeating: 0.5, count: Self.rows * inputs)
        var output = [Float](repeating: 0, count: Self.rows * outputs)
        func rate(rows: Int, seconds: Double) throws(ONNXError) -> Double {
            var index = 0
            return try Self.callsPerSecond(seconds) { () throws(ONNXError) in
                index = (index + 1) % copies.count
                let status: Result<Void, ONNXError> = input.withUnsafeBufferPointer { x in
                    output.withUnsafeMutableBufferPointer { y in
                        guard let x = x.baseAddress, let y = y.baseAddress else { return .success(()) }
                        do throws(ONNXError) {
                            return .success(
                                try copies[index].multiply(
                                    x, rows: rows, into: y, workers: workers, scratch: scratch))
                        } catch { return .failure(error) }
                    }
                }
                try status.get()
            }
        }
        bytesPerSecond = try rate(rows: 1, seconds: 0.9) * Double(copies[0].byteCount)
        productsPerSecond = try rate(rows: Self.rows, seconds: 0.9) * Double(Self.rows * inputs * outputs)
    }

    /// Measures with float matrices of this size.
    init(inputs: Int, outputs: Int, totalByteCount: Int, threads: Int) throws(ONNXError) {
        let workers = try WorkerPool(threadCount: threads)
        let size = inputs * outputs
        let copies = max(1, min(min(totalByteCount, Self.workingSet) / max(1, size * 4), 1024))
        let weights = [Float](repeating: 0.01, count: size * copies)
        let input = [Float](repeating: 0.5, count: Self.rows * inputs)
        var output = [Float](repeating: 0, count: Self.rows * outputs)
        func rate(rows: Int, seconds: Double) throws(ONNXError) -> Double {
            var index = 0
            return try Self.callsPerSecond(seconds) { () throws(ONNXError) in
                index = (index + 1) % copies
                let status: Result<Void, ONNXError> = input.withUnsafeBufferPointer { x in
                    weights.withUnsafeBufferPointer { w in
                        output.withUnsafeMutableBufferPointer { y in
                            guard let x = x.baseAddress, let w = w.baseAddress, let y = y.baseAddress else {
                                return .success(())
                            }
                            do throws(ONNXError) {
                                return .success(
                                    try FloatMatrix.multiply(
                                        MatrixProductShape(m: rows, n: outputs, k: inputs),
                                        a: MatrixOperand(x, rowStride: inputs),
                                        b: MatrixOperand(w + index * size, rowStride: outputs), into: y,
                                        rowStride: outputs, workers: workers))
                            } catch { return .failure(error) }
                        }
                    }
                }
                try status.get()
            }
        }
        bytesPerSecond = try rate(rows: 1, seconds: 0.9) * Double(size * 4)
        productsPerSecond = try rate(rows: Self.rows, seconds: 0.9) * Double(Self.rows * size)
    }

    /// The best rate of calls over three stretches, after one call that is not measured.
    private static func callsPerSecond(
        _ seconds: Double, _ call: () throws(ONNXError) -> Void
    ) throws(ONNXError) -> Double {
        try call()
        var best = 0.0
        for _ in 0..<3 {
            var count = 0
            let started = ContinuousClock.now
            var elapsed = 0.0
            repeat {
                try call()
                count += 1
                let time = (ContinuousClock.now - started).components
                elapsed = Double(time.seconds) + Double(time.attoseconds) * 1e-18
            } while elapsed < seconds / 3
            best = max(best, Double(count) / elapsed)
        }
        return best
    }
}
