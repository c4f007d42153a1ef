// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// FusedMatMul, and TransposeMatMul by its older name: scaled product of matrices that may be read transposed.
///
/// Formula: `Y = alpha · A' B'` under NumPy's rules, leading dimensions broadcast. transA and transB exchange the last
/// two dimensions; transBatchA and transBatchB first move the first dimension behind the leading ones.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16, of two dimensions or more.
/// - Deviations: vectors are refused.
struct FusedMatMul: FloatOperator {
    private let alpha: Float
    private let transposes: (a: Bool, b: Bool)
    private let movesBatch: (a: Bool, b: Bool)

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        alpha = try node.float("alpha", default: 1)
        transposes = (try node.flag("transA"), try node.flag("transB"))
        movesBatch = (try node.flag("transBatchA"), try node.flag("transBatchB"))
    }

    /// One factor as batches of matrices in memory.
    private struct Factor {
        let leading: [Int]
        let rows: Int
        let columns: Int
        let rowStride: Int
        let batchStride: Int
        let isTransposed: Bool

        init(_ shape: Shape, transposed: Bool, movesBatch: Bool) throws(ONNXError) {
            let rank = shape.rank
            guard rank >= 2 else {
                throw ONNXError("op.shape", "A factor is \(shape); two dimensions or more are expected.")
            }
            let width = shape[rank - 1]
            let height = movesBatch ? shape[0] : shape[rank - 2]
            leading = Array(movesBatch ? shape.dimensions[1..<rank - 1] : shape.dimensions[..<(rank - 2)])
            let batches = shape.product(movesBatch ? 1..<rank - 1 : 0..<rank - 2)
            rowStride = movesBatch ? batches * width : width
            batchStride = movesBatch ? width : height * width
            rows = transposed ? width : height
            columns = transposed ? height : width
            isTransposed = transposed
        }
    }

    private func factors(_ a: Shape, _ b: Shape) throws(ONNXError) -> (a: Factor, b: Factor, leading: Shape) {
        let left = try Factor(a, transposed: transposes.a, movesBatch: movesBatch.a)
        let right = try Factor(b, transposed: transposes.b, movesBatch: movesBatch.b)
        guard left.columns == right.rows else {
            throw ONNXError(
                "op.shape", "A is \(a) and B \(b): \(left.columns) columns meet \(right.rows) rows.")
        }
        return (left, right, try Shape.broadcast([try Shape(left.leading), try Shape(right.leading)]))
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let (a, b, leading) = try factors(
            context.input(0, oneOf: [.float32]).shape, context.input(1, oneOf: [.float32]).shape)
        return [OutputPlan(.float32, try Shape(leading.dimensions + [a.rows, b.columns]))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let left = try context.input(0)
        let right = try context.input(1)
        let output = try context.output(0)
        defer { withExtendedLifetime((left, right, output)) {} }
        let (a, b, leading) = try factors(left.shape, right.shape)
        let shape = MatrixProductShape(m: a.rows, n: b.columns, k: a.columns, alpha: Double(alpha))
        for batch in 0..<leading.elementCount {
            let first = left.floats + Self.index(batch, in: leading, of: a.leading) * a.batchStride
            let second = right.floats + Self.index(batch, in: leading, of: b.leading) * b.batchStride
            try FloatMatrix.multiply(
                shape, a: MatrixOperand(first, rowStride: a.rowStride, isTransposed: a.isTransposed),
                b: MatrixOperand(second, rowStride: b.rowStride, isTransposed: b.isTransposed),
                into: output.mutableFloats + batch * a.rows * b.columns, rowStride: b.columns,
                workers: context.workers)
        }
    }

    /// The batch of a factor that meets batch `index` of the broadcast shape.
    private static func index(_ index: Int, in shape: Shape, of dimensions: [Int]) -> Int {
        var rest = index
        var result = 0
        var stride = 1
        for axis in 0..<shape.rank {
            let position = rest % shape[shape.rank - 1 - axis]
            rest /= shape[shape.rank - 1 - axis]
            guard axis < dimensions.count else { break }
            let length = dimensions[dimensions.count - 1 - axis]
            if length != 1 { result += position * stride }
            stride *= length
        }
        return result
    }
}
