// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Atanh: inverse hyperbolic tangent.
///
/// Formula: `Y = artanh(X)`; NaN outside −1…1.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Atanh.html>, opsets 9, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Atanh: UnaryFloatOperator {
    let operation = UnaryOperation.trigonometric(.areaTangent)

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
