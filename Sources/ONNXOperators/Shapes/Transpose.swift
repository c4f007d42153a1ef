// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Transpose: the axes in another order; reversed where none is given.
///
/// Formula: `output.shape[i] = input.shape[perm[i]]`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Transpose.html>, opsets 1, 13, 21, 23, 24, 25.
/// - Supports: every type but strings.
/// - Deviations: none.
struct Transpose: Operator {
    private let permutation: [Int]?

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        permutation = try node.ints("perm")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .movable)
        let order = self.order(rank: input.shape.rank)
        guard order.sorted() == Array(0..<input.shape.rank) else {
            throw ONNXError("op.axis", "perm \(order) is no order of the axes of shape \(input.shape).")
        }
        return [OutputPlan(input.elementType, try Shape(order.map { input.shape[$0] }))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.withWholeBytes { (context: RunContext) throws(ONNXError) in
            let input = try context.input(0)
            let strides = input.shape.strides
            let output = try context.output(0)
            try TypedKernels.copyStrided(
                input, dimensions: output.shape.dimensions,
                strides: order(rank: input.shape.rank).map { strides[$0] }, into: output,
                workers: context.workers)
        }
    }

    private func order(rank: Int) -> [Int] { permutation ?? Array((0..<rank).reversed()) }
}
