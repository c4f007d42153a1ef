// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// NonZero: the indices of the elements that are not zero, one column each, in row-major order.
///
/// Formula: `Y[:, n] = index` of the n-th element with `X[index] ≠ 0`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__NonZero.html>, opsets 9, 13.
/// - Supports: floats, integers of 8 to 64 bits, bool.
/// - Deviations: none.
struct NonZero: Operator {
    init(_ node: OperatorNode) throws(ONNXError) { try node.checkArity(inputs: 1...1, outputs: 1...1) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        _ = try context.input(0, oneOf: Set.numbers.union(Set.bool))
        return [.deferred(.int64)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let flags = try TypedKernels.converted(input, to: .bool, workers: context.workers)
        context.setOutput(0, try TypedKernels.positions(ofTrue: flags))
    }
}
