// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
package import ONNXErrors

extension FloatMatrix {
    /// float32 in a fixed order of summation: the bits of an element depend on its row of A and column of B alone,
    /// not on M, the position or the threads.
    ///
    /// Sums of 256 inputs by fused multiply-add, added up in order; then `alpha * sum`, and `+ beta * c` unless beta
    /// is 0. K = 0 gives `beta C`.
    /// - Throws: `memory.exhausted`; `kernel.float_matrix` if a size is out of range.
    package static func multiplyInFixedOrder(
        _ shape: MatrixProductShape, a: MatrixOperand<Float>, b: MatrixOperand<Float>,
        into c: UnsafeMutablePointer<Float>, rowStride: Int, workers: WorkerPool, scratch: KernelScratch,
        kernels: KernelSet = .current
    ) throws(ONNXError) {
        guard shape.m > 0, shape.n > 0 else { return }
        guard shape.k >= 0, shape.m < 1 << 32, shape.n < 1 << 32, shape.k < 1 << 32 else {
            throw ONNXError("kernel.float_matrix", "A float product has a size out of range: \(shape).")
        }
        let job = FixedOrderProduct(shape: shape, a: a, b: b, c: c, rowStride: rowStride, kernels: kernels)
        let perSlot = job.floatsPerSlot * 4
        let memory = try scratch.reserve(byteCount: perSlot * workers.threadCount)
        let rowTasks = (shape.m + FixedOrderProduct.rowsPerTask - 1) / FixedOrderProduct.rowsPerTask
        let columnTasks = (shape.n + 15) / 16
        workers.run(count: rowTasks * columnTasks) { task, slot in
            let tiles = (memory + slot * perSlot).assumingMemoryBound(to: Float.self)
            job.run(rowTask: task / columnTasks, columnTask: task % columnTasks, tiles)
        }
    }
}

extension FloatMatrix {
    /// float64, added in the order of the inputs; slow, as no decoder computes in it.
    static func multiplyInFixedOrder(
        _ shape: MatrixProductShape, a: MatrixOperand<Double>, b: MatrixOperand<Double>,
        into c: UnsafeMutablePointer<Double>, rowStride: Int, workers: WorkerPool
    ) {
        let steps = (
            a: a.isTransposed ? (1, a.rowStride) : (a.rowStride, 1),
            b: b.isTransposed ? (1, b.rowStride) : (b.rowStride, 1)
        )
        workers.run(count: shape.m) { row in
            for column in 0..<shape.n {
                var sum = 0.0
                for i in 0..<shape.k {
                    sum.addProduct(
                        a.base[row * steps.a.0 + i * steps.a.1], b.base[i * steps.b.0 + column * steps.b.1])
                }
                let target = c + (row * rowStride + column)
                let product = shape.alpha * sum
                target.pointee = shape.beta == 0 ? product : product + shape.beta * target.pointee
            }
        }
    }
}

/// One product in fixed order, tile by tile.
private struct FixedOrderProduct {
    static let chunk = 256
    static let rowsPerTask = 256

    let shape: MatrixProductShape
    let a: MatrixOperand<Float>
    let b: MatrixOperand<Float>
    let c: UnsafeMutablePointer<Float>
    let rowStride: Int
    let kernels: KernelSet

    /// A tile of B, the sums, and a copy of A if it is transposed.
    var floatsPerSlot: Int {
        Self.chunk * 16 + Self.rowsPerTask * 16 + (a.isTransposed ? Self.rowsPerTask * Self.chunk : 0)
    }

    func run(rowTask: Int, columnTask: Int, _ memory: UnsafeMutablePointer<Float>) {
        let row = rowTask * Self.rowsPerTask
        let rows = min(Self.rowsPerTask, shape.m - row)
        let column = columnTask * 16
        let columns = min(16, shape.n - column)
        let tile = memory
        let sums = memory + Self.chunk * 16
        let copy = sums + Self.rowsPerTask * 16
        var start = 0
        repeat {
            let count = min(Self.chunk, shape.k - start)
            fillTile(tile, start, count, column, columns)
            var left = a.base + row * a.rowStride + start
            var leftStride = a.rowStride
            if a.isTransposed {
                for i in 0..<count {
                    for r in 0..<rows {
                        copy[r * Self.chunk + i] = a.base[(start + i) * a.rowStride + row + r]
                    }
                }
                left = UnsafePointer(copy)
                leftStride = Self.chunk
            }
            var args = onnxlm_sgemm_tile_args(
                a: left, a_row_stride: Int64(leftStride), tile: tile, k: Int64(count), rows: Int64(rows),
                c: sums,
                c_row_stride: 16, columns: 16, accumulates: start > 0 ? 1 : 0)
            kernels.multiplyTile(&args)
            start += Self.chunk
        } while start < shape.k
        let alpha = Float(shape.alpha)
        let beta = Float(shape.beta)
        for r in 0..<rows {
            let target = c + ((row + r) * rowStride + column)
            for i in 0..<columns {
                let product = alpha * sums[r * 16 + i]
                target[i] = beta == 0 ? product : product + beta * target[i]
            }
        }
    }

    private func fillTile(
        _ tile: UnsafeMutablePointer<Float>, _ start: Int, _ count: Int, _ column: Int, _ columns: Int
    ) {
        for i in 0..<count {
            for j in 0..<16 {
                var value: Float = 0
                if j < columns {
                    let index =
                        b.isTransposed
                        ? (column + j) * b.rowStride + start + i : (start + i) * b.rowStride + column + j
                    value = b.base[index]
                }
                tile[i * 16 + j] = value
            }
        }
    }
}
