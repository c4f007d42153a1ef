// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Not: logical negation.
///
/// Formula: `Y = ¬X`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Not.html>, opsets 1.
/// - Supports: bool.
/// - Deviations: none.
struct Not: Operator {
    init(_ node: OperatorNode) throws(ONNXError) { try node.checkArity(inputs: 1...1, outputs: 1...1) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        [OutputPlan(.bool, try context.input(0, oneOf: .bool).shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        TypedKernels.not(try context.input(0), into: try context.output(0))
    }
}
