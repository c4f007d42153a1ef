// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Celu: continuously differentiable exponential linear unit.
///
/// Formula: `Y = X < 0 ? alpha × (exp(X ÷ alpha) − 1) : X`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Celu.html>, opsets 12, 28.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Celu: UnaryFloatOperator {
    let operation: UnaryOperation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        let alpha = try node.float("alpha", default: 1)
        operation = .celu(alpha: alpha)
    }
}
