// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Elu: exponential linear unit.
///
/// Formula: `Y = X < 0 ? alpha × (exp(X) − 1) : X`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Elu.html>, opsets 1, 6, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Elu: UnaryFloatOperator {
    let operation: UnaryOperation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        let alpha = try node.float("alpha", default: 1)
        operation = .elu(alpha: alpha)
    }
}
