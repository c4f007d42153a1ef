// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

/// The sizes of a batch of matrix products under NumPy's rules for vectors and for leading dimensions.
package struct BatchedProductShape: Sendable {
    package let rows: Int
    package let inner: Int
    package let columns: Int
    /// Leading dimensions of the result.
    package let batch: [Int]
    /// The result, without the dimensions that a vector operand lends.
    package let output: Shape
    let leftStrides: [Int]
    let rightStrides: [Int]

    /// - Throws: `op.shape` for a scalar or unequal inner dimensions, `op.broadcast` for leading ones.
    package init(_ a: Shape, _ b: Shape) throws(ONNXError) {
        guard a.rank > 0, b.rank > 0 else {
            throw ONNXError(
                "op.shape", "A matrix product of shapes \(a) and \(b): a scalar has no matrix form.")
        }
        let left = a.rank == 1 ? [1, a[0]] : a.dimensions
        let right = b.rank == 1 ? [b[0], 1] : b.dimensions
        rows = left[left.count - 2]
        inner = left[left.count - 1]
        columns = right[right.count - 1]
        guard inner == right[right.count - 2] else {
            throw ONNXError(
                "op.shape", "A matrix product of shapes \(a) and \(b): the inner dimensions differ.")
        }
        let leftBatch = try Shape(Array(left.dropLast(2)))
        let rightBatch = try Shape(Array(right.dropLast(2)))
        let batchShape = try Shape.broadcast([leftBatch, rightBatch])
        batch = batchShape.dimensions
        leftStrides = leftBatch.strides(broadcastTo: batchShape)
        rightStrides = rightBatch.strides(broadcastTo: batchShape)
        var dimensions = batch
        if a.rank > 1 { dimensions.append(rows) }
        if b.rank > 1 { dimensions.append(columns) }
        output = try Shape(dimensions)
    }
}

extension TypedKernels {
    /// Number types that ``matrixProduct(_:_:_:into:workers:)`` takes.
    package static let matrixTypes: Set<ElementType> = [
        .float32, .float64, .int32, .int64, .uint32, .uint64,
    ]

    /// `output = a × b` for a batch of matrices; integers wrap; no inner elements give zeros.
    ///
    /// Floating point goes through BLAS; the bits do not depend on the threads. Integers add in order.
    package static func matrixProduct(
        _ a: Tensor, _ b: Tensor, _ sizes: BatchedProductShape, into output: Tensor, workers: WorkerPool
    ) throws(ONNXError) {
        guard output.shape.elementCount > 0 else { return }
        let work = MatrixProductWork(a: a, b: b, sizes: sizes, output: output, workers: workers)
        switch output.elementType {
        case .float32: try work.throughBLAS(Float.self)
        case .float64: try work.throughBLAS(Double.self)
        case .int32: work(Int32.self)
        case .int64: work(Int64.self)
        case .uint32: work(UInt32.self)
        case .uint64: work(UInt64.self)
        default: throw unsupported(output.elementType, in: "MatMul")
        }
    }

    /// `output = a × b` for two matrices, each read transposed where asked.
    package static func generalProduct(
        _ a: Tensor, transposed aIsTransposed: Bool, _ b: Tensor, transposed bIsTransposed: Bool,
        into output: Tensor, workers: WorkerPool
    ) throws(ONNXError) {
        guard output.shape.elementCount > 0 else { return }
        let inner = aIsTransposed ? a.shape[0] : a.shape[1]
        let shape = MatrixProductShape(m: output.shape[0], n: output.shape[1], k: inner)
        switch output.elementType {
        case .float32:
            try Float.multiply(
                shape, operand(a, aIsTransposed), operand(b, bIsTransposed),
                output.mutablePointer(to: Float.self), output.shape[1], workers)
        case .float64:
            try Double.multiply(
                shape, operand(a, aIsTransposed), operand(b, bIsTransposed),
                output.mutablePointer(to: Double.self), output.shape[1], workers)
        default:
            let left = try aIsTransposed ? transposed(a, workers) : a
            let right = try bIsTransposed ? transposed(b, workers) : b
            let sizes = try BatchedProductShape(left.shape, right.shape)
            try matrixProduct(left, right, sizes, into: output, workers: workers)
        }
    }

    private static func operand<Element>(_ matrix: Tensor, _ isTransposed: Bool) -> MatrixOperand<Element> {
        MatrixOperand(
            matrix.pointer(to: Element.self), rowStride: matrix.shape[1], isTransposed: isTransposed)
    }

    private static func transposed(_ matrix: Tensor, _ workers: WorkerPool) throws(ONNXError) -> Tensor {
        let (rows, columns) = (matrix.shape[0], matrix.shape[1])
        let result = try Tensor(allocating: matrix.elementType, try Shape([columns, rows]))
        try copyStrided(
            matrix, dimensions: [columns, rows], strides: [1, columns], into: result, workers: workers)
        return result
    }

    /// Adds `beta × bias`, broadcast, to `output × alpha`, in place, in the type of `output`.
    package static func scaleAndAdd(
        _ output: Tensor, alpha: Float, beta: Float, bias: Tensor?, workers: WorkerPool
    ) throws(ONNXError) {
        if alpha != 1 {
            let factor = try converted(Tensor(scalar: alpha), to: output.elementType, workers: workers)
            try binary(.multiply, output, factor, into: output, workers: workers)
        }
        guard let bias else { return }
        if beta == 1 {
            try binary(.add, output, bias, into: output, workers: workers)
        } else {
            let factor = try converted(Tensor(scalar: beta), to: output.elementType, workers: workers)
            let scaled = try Tensor(allocating: output.elementType, bias.shape)
            try binary(.multiply, bias, factor, into: scaled, workers: workers)
            try binary(.add, output, scaled, into: output, workers: workers)
        }
    }
}

private struct MatrixProductWork {
    let a: Tensor
    let b: Tensor
    let sizes: BatchedProductShape
    let output: Tensor
    let workers: WorkerPool

    func callAsFunction<Element: NumericElement>(_ type: Element.Type) {
        let left = a.pointer(to: type)
        let right = b.pointer(to: type)
        let to = output.mutablePointer(to: type)
        let (rows, inner, columns) = (sizes.rows, sizes.inner, sizes.columns)
        let plan = BroadcastPlan(
            dimensions: sizes.batch + [1], strides: [sizes.leftStrides + [0], sizes.rightStrides + [0]])
        let batches = sizes.batch.reduce(1, *)
        // Tiles of columns keep a piece of `b` in cache; pieces of the work are (matrix, row, tile).
        let tile = 512
        let tiles = (columns + tile - 1) / tile
        let grain = max(1, 65_536 / max(1, inner * min(columns, tile)))
        let offsets = batchOffsets(plan, batches)
        TypedKernels.inParallel(workers, count: batches * rows * tiles, grain: grain) { range in
            for piece in range {
                let batch = piece / (rows * tiles)
                let row = piece / tiles % rows
                let start = piece % tiles * tile
                let width = min(tile, columns - start)
                let (leftOffset, rightOffset) = offsets[batch]
                let x = left + leftOffset * rows * inner + row * inner
                let y = right + rightOffset * inner * columns + start
                let target = to + (batch * rows + row) * columns + start
                target.update(repeating: 0, count: width)
                for k in 0..<inner {
                    let factor = x[k]
                    let line = y + k * columns
                    for i in 0..<width { target[i] = target[i].adding(factor.multiplied(by: line[i])) }
                }
            }
        }
    }

    /// A matrix at a time; a right operand that all matrices share makes one tall product of them.
    func throughBLAS<Element: BLASElement>(_ type: Element.Type) throws(ONNXError) {
        let left = a.pointer(to: type)
        let right = b.pointer(to: type)
        let to = output.mutablePointer(to: type)
        let (rows, inner, columns) = (sizes.rows, sizes.inner, sizes.columns)
        let batches = sizes.batch.reduce(1, *)
        let isTall = a.shape.elementCount == batches * rows * inner && b.shape.elementCount == inner * columns
        let plan = BroadcastPlan(
            dimensions: sizes.batch + [1], strides: [sizes.leftStrides + [0], sizes.rightStrides + [0]])
        let offsets = isTall ? [(0, 0)] : batchOffsets(plan, batches)
        let shape = MatrixProductShape(m: isTall ? batches * rows : rows, n: columns, k: inner)
        for (batch, offset) in offsets.enumerated() {
            try Element.multiply(
                shape, MatrixOperand(left + offset.0 * rows * inner, rowStride: inner),
                MatrixOperand(right + offset.1 * inner * columns, rowStride: columns),
                to + batch * rows * columns, columns, workers)
        }
    }

    private func batchOffsets(_ plan: BroadcastPlan, _ batches: Int) -> [(Int, Int)] {
        var result: [(Int, Int)] = []
        result.reserveCapacity(batches)
        let length = plan.rowLength
        var cursor = plan.cursor(at: 0)
        for _ in 0..<plan.rowCount {
            for column in 0..<length {
                result.append(
                    (
                        cursor.offsets.0 + column * plan.rowStride(0),
                        cursor.offsets.1 + column * plan.rowStride(1)
                    ))
            }
            cursor.advance()
        }
        return result
    }
}

/// A type that BLAS multiplies matrices of.
protocol BLASElement: BitwiseCopyable {
    static func multiply(
        _ shape: MatrixProductShape, _ a: MatrixOperand<Self>, _ b: MatrixOperand<Self>,
        _ c: UnsafeMutablePointer<Self>, _ rowStride: Int, _ workers: WorkerPool
    ) throws(ONNXError)
}

extension Float: BLASElement {
    static func multiply(
        _ shape: MatrixProductShape, _ a: MatrixOperand<Float>, _ b: MatrixOperand<Float>,
        _ c: UnsafeMutablePointer<Float>, _ rowStride: Int, _ workers: WorkerPool
    ) throws(ONNXError) {
        try FloatMatrix.multiply(shape, a: a, b: b, into: c, rowStride: rowStride, workers: workers)
    }
}

extension Double: BLASElement {
    static func multiply(
        _ shape: MatrixProductShape, _ a: MatrixOperand<Double>, _ b: MatrixOperand<Double>,
        _ c: UnsafeMutablePointer<Double>, _ rowStride: Int, _ workers: WorkerPool
    ) throws(ONNXError) {
        try FloatMatrix.multiply(shape, a: a, b: b, into: c, rowStride: rowStride, workers: workers)
    }
}
