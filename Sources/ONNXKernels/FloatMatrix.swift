// SPDX-License-Identifier: Apache-2.0
import CONNXOpenBLAS
package import ONNXErrors

/// A matrix operand: row-major memory `[rows, columns]` with rows `rowStride` elements apart, read as it is or
/// transposed.
package struct MatrixOperand<Element> {
    package var base: UnsafePointer<Element>
    package var rowStride: Int
    package var isTransposed: Bool

    package init(_ base: UnsafePointer<Element>, rowStride: Int, isTransposed: Bool = false) {
        self.base = base
        self.rowStride = rowStride
        self.isTransposed = isTransposed
    }
}

/// The sizes and factors of `C[m, n] = alpha A[m, k] B[k, n] + beta C`.
package struct MatrixProductShape: Sendable, Hashable {
    package var m: Int
    package var n: Int
    package var k: Int
    package var alpha: Double
    /// With 0, C is not read.
    package var beta: Double

    package init(m: Int, n: Int, k: Int, alpha: Double = 1, beta: Double = 0) {
        self.m = m
        self.n = n
        self.k = k
        self.alpha = alpha
        self.beta = beta
    }
}

/// Products of float matrices.
///
/// Those through OpenBLAS have the same bits for any number of threads and on every repetition, but not for any
/// number of rows; ``multiplyInFixedOrder`` has them for any number of rows too. It takes the place of OpenBLAS where
/// the workers ask for it (``WorkerPool/multipliesInFixedOrder``).
package enum FloatMatrix {
    /// Rows and columns of C that one call of OpenBLAS computes; fixed, so that the split never follows the threads.
    private static let rowsPerTask = 256
    private static let columnsPerTask = 256

    // OpenBLAS's own threads would fight with ours, and change bits.
    private static let singleThreaded: Void = openblas_set_num_threads(1)

    /// float32 through OpenBLAS. K = 0 gives `beta C`.
    ///
    /// - Throws: `kernel.float_matrix` if a size is beyond what OpenBLAS counts (2³¹ − 1).
    package static func multiply(
        _ shape: MatrixProductShape, a: MatrixOperand<Float>, b: MatrixOperand<Float>,
        into c: UnsafeMutablePointer<Float>, rowStride: Int, workers: WorkerPool
    ) throws(ONNXError) {
        try check(shape, strides: [a.rowStride, b.rowStride, rowStride])
        if scaleOnly(shape, c, rowStride) { return }
        if workers.multipliesInFixedOrder {
            return try multiplyInFixedOrder(
                shape, a: a, b: b, into: c, rowStride: rowStride, workers: workers, scratch: KernelScratch())
        }
        let alpha = Float(shape.alpha)
        let beta = Float(shape.beta)
        split(shape, workers) { row, rows, column, columns in
            let left = a.base + (a.isTransposed ? row : row * a.rowStride)
            let right = b.base + (b.isTransposed ? column * b.rowStride : column)
            cblas_sgemm(
                CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
                b.isTransposed ? CblasTrans : CblasNoTrans,
                blasint(rows), blasint(columns), blasint(shape.k), alpha, left, blasint(max(1, a.rowStride)),
                right,
                blasint(max(1, b.rowStride)), beta, c + (row * rowStride + column), blasint(max(1, rowStride))
            )
        }
    }

    /// float64 through OpenBLAS; otherwise as for float32.
    package static func multiply(
        _ shape: MatrixProductShape, a: MatrixOperand<Double>, b: MatrixOperand<Double>,
        into c: UnsafeMutablePointer<Double>, rowStride: Int, workers: WorkerPool
    ) throws(ONNXError) {
        try check(shape, strides: [a.rowStride, b.rowStride, rowStride])
        if scaleOnly(shape, c, rowStride) { return }
        if workers.multipliesInFixedOrder {
            return multiplyInFixedOrder(shape, a: a, b: b, into: c, rowStride: rowStride, workers: workers)
        }
        split(shape, workers) { row, rows, column, columns in
            let left = a.base + (a.isTransposed ? row : row * a.rowStride)
            let right = b.base + (b.isTransposed ? column * b.rowStride : column)
            cblas_dgemm(
                CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
                b.isTransposed ? CblasTrans : CblasNoTrans,
                blasint(rows), blasint(columns), blasint(shape.k), shape.alpha, left,
                blasint(max(1, a.rowStride)),
                right, blasint(max(1, b.rowStride)), shape.beta, c + (row * rowStride + column),
                blasint(max(1, rowStride)))
        }
    }

    private static func check(_ shape: MatrixProductShape, strides: [Int]) throws(ONNXError) {
        let limit = Int(Int32.max)
        let numbers = [shape.m, shape.n, shape.k] + strides
        guard numbers.allSatisfy({ (0...limit).contains($0) }) else {
            throw ONNXError(
                "kernel.float_matrix",
                "A product [\(shape.m), \(shape.k)] by [\(shape.k), \(shape.n)] is too large for OpenBLAS.")
        }
        _ = singleThreaded
    }

    /// Handles products without inputs; true if nothing is left to do.
    private static func scaleOnly<Element: BinaryFloatingPoint>(
        _ shape: MatrixProductShape, _ c: UnsafeMutablePointer<Element>, _ rowStride: Int
    ) -> Bool {
        if shape.m == 0 || shape.n == 0 { return true }
        guard shape.k == 0 else { return false }
        for row in 0..<shape.m {
            for column in 0..<shape.n {
                let target = c + (row * rowStride + column)
                target.pointee = shape.beta == 0 ? 0 : Element(shape.beta) * target.pointee
            }
        }
        return true
    }

    private static func split(
        _ shape: MatrixProductShape, _ workers: WorkerPool, _ body: (Int, Int, Int, Int) -> Void
    ) {
        let rowTasks = (shape.m + rowsPerTask - 1) / rowsPerTask
        let columnTasks = (shape.n + columnsPerTask - 1) / columnsPerTask
        workers.run(count: rowTasks * columnTasks) { task in
            let row = task / columnTasks * rowsPerTask
            let column = task % columnTasks * columnsPerTask
            body(row, min(rowsPerTask, shape.m - row), column, min(columnsPerTask, shape.n - column))
        }
    }
}
