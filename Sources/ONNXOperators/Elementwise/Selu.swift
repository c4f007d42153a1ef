// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Selu: scaled exponential linear unit.
///
/// Formula: `Y = gamma × (X < 0 ? alpha × (exp(X) − 1) : X)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Selu.html>, opsets 1, 6, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Selu: UnaryFloatOperator {
    let operation: UnaryOperation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        let alpha = try node.float("alpha", default: 1.67326319217681884765625)
        let gamma = try node.float("gamma", default: 1.05070102214813232421875)
        operation = .selu(alpha: alpha, gamma: gamma)
    }
}
