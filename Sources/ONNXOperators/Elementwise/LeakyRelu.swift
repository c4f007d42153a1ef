// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// LeakyRelu: rectifier with a small slope for negative elements.
///
/// Formula: `Y = X < 0 ? alpha × X : X`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__LeakyRelu.html>, opsets 1, 6, 16.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct LeakyRelu: UnaryFloatOperator {
    let operation: UnaryOperation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        let alpha = try node.float("alpha", default: 0.01)
        operation = .leakyRelu(alpha: alpha)
    }
}
