// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// Flatten: a matrix of the dimensions before and from an axis on; nothing is copied.
///
/// Formula: `output.shape = [d₀ ⋯ d₍axis₋₁₎, d₍axis₎ ⋯]`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Flatten.html>, opsets 1, 9, 11, 13, 21, 23, 24, 25.
/// - Supports: every type.
/// - Deviations: none.
struct Flatten: Operator {
    private let axis: Int

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        axis = try node.int("axis", default: 1)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0)
        let rank = input.shape.rank
        let split = axis == rank ? rank : try input.shape.normalizedAxis(axis)
        let shape = try Shape([input.shape.product(0..<split), input.shape.product(split..<rank)])
        return [OutputPlan(input.elementType, shape, .view(input: 0, byteOffset: 0))]
    }

    func run(_ context: RunContext) throws(ONNXError) {}
}
