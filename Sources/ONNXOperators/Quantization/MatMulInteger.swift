// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// MatMulInteger: a product of matrices of 8-bit integers, summed in 32 bits.
///
/// Formula: `Y = (A − a_zero_point) × (B − b_zero_point)`; zero points are scalars or one for each row of A and each
/// column of B.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__MatMulInteger.html>, opsets 10.
/// - Supports: int8 and uint8, mixed.
/// - Deviations: none; sums wrap.
struct MatMulInteger: Operator {
    init(_ node: OperatorNode) throws(ONNXError) { try node.checkArity(inputs: 2...4, outputs: 1...1) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let a = try context.input(0, oneOf: [.int8, .uint8])
        let b = try context.input(1, oneOf: [.int8, .uint8])
        for (index, matrix) in [(2, a), (3, b)] {
            guard let zero = context.optionalInput(index) else { continue }
            try context.checkSameElementType(index - 2, index)
            let stretched = try spread(zero.shape, isLeft: index == 2, over: matrix.shape)
            guard try Shape.broadcast([stretched, matrix.shape]) == matrix.shape else {
                throw ONNXError(
                    "op.shape", "A zero point of shape \(zero.shape) does not suit \(matrix.shape).")
            }
        }
        return [OutputPlan(.int32, try BatchedProductShape(a.shape, b.shape).output)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let a = try shifted(context, 0)
        let b = try shifted(context, 1)
        try TypedKernels.matrixProduct(
            a, b, try BatchedProductShape(a.shape, b.shape), into: try context.output(0),
            workers: context.workers)
    }

    private func shifted(_ context: RunContext, _ index: Int) throws(ONNXError) -> Tensor {
        let workers = context.workers
        let wide = try TypedKernels.converted(try context.input(index), to: .int32, workers: workers)
        guard let zero = context.optionalInput(index + 2) else { return wide }
        let shape = try spread(zero.shape, isLeft: index == 0, over: wide.shape)
        let offset = try TypedKernels.converted(zero.reshaped(to: shape), to: .int32, workers: workers)
        try TypedKernels.binary(.subtract, wide, offset, into: wide, workers: workers)
        return wide
    }

    /// A vector of zero points of the left operand goes along its rows.
    private func spread(_ zero: Shape, isLeft: Bool, over matrix: Shape) throws(ONNXError) -> Shape {
        isLeft && zero.rank == 1 && zero.elementCount != 1 && matrix.rank > 1
            ? try Shape([zero.elementCount, 1]) : zero.elementCount == 1 ? .scalar : zero
    }
}
