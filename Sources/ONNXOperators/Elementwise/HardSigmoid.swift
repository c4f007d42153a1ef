// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// HardSigmoid: piecewise linear sigmoid.
///
/// Formula: `Y = max(0, min(1, alpha × X + beta))`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__HardSigmoid.html>, opsets 1, 6, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct HardSigmoid: UnaryFloatOperator {
    let operation: UnaryOperation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        let alpha = try node.float("alpha", default: 0.2)
        let beta = try node.float("beta", default: 0.5)
        operation = .hardSigmoid(alpha: alpha, beta: beta)
    }
}
