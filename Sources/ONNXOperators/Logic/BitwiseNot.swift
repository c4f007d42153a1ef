// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// BitwiseNot: complement bit by bit.
///
/// Formula: `Y = ~X`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__BitwiseNot.html>, opsets 18.
/// - Supports: integers of 8 to 64 bits.
/// - Deviations: none.
struct BitwiseNot: Operator {
    init(_ node: OperatorNode) throws(ONNXError) { try node.checkArity(inputs: 1...1, outputs: 1...1) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .integers)
        return [OutputPlan(input.elementType, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        TypedKernels.bitwiseNot(try context.input(0), into: try context.output(0))
    }
}
