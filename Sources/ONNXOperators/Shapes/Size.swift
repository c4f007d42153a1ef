// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// Size: the number of elements, as an int64 scalar.
///
/// Formula: `size = Π data.shape`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Size.html>, opsets 1, 13, 19, 21, 23, 24, 25.
/// - Supports: every type.
/// - Deviations: none.
struct Size: Operator {
    init(_ node: OperatorNode) throws(ONNXError) { try node.checkArity(inputs: 1...1, outputs: 1...1) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        [.constant(try Tensor(scalar: Int64(try context.input(0).shape.elementCount)))]
    }

    func run(_ context: RunContext) throws(ONNXError) {}
}
