// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// ThresholdedRelu: rectifier with a threshold.
///
/// Formula: `Y = X > alpha ? X : 0`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ThresholdedRelu.html>, opsets 10, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct ThresholdedRelu: UnaryFloatOperator {
    let operation: UnaryOperation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        let alpha = try node.float("alpha", default: 1)
        operation = .thresholdedRelu(alpha: alpha)
    }
}
