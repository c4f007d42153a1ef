// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Identity: gives its input.
///
/// Formula: `output = input`; nothing is copied.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Identity.html>, opsets 1, 13, 14, 16, 19, 21, 23, 24, 25.
/// - Supports: tensors of every type.
/// - Deviations: sequences and optionals are refused.
struct Identity: Operator {
    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0)
        return [OutputPlan(input.elementType, input.shape, .view(input: 0, byteOffset: 0))]
    }

    func run(_ context: RunContext) throws(ONNXError) {}
}
