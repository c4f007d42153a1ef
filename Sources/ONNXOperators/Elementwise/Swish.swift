// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Swish: swish, SiLU for an alpha of 1.
///
/// Formula: `Y = X × sigmoid(alpha × X)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Swish.html>, opsets 24.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Swish: UnaryFloatOperator {
    let operation: UnaryOperation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        let alpha = try node.float("alpha", default: 1)
        operation = .swish(alpha: alpha)
    }
}
