// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Asin: inverse sine.
///
/// Formula: `Y = arcsin(X)`; NaN outside −1…1.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Asin.html>, opsets 7, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Asin: UnaryFloatOperator {
    let operation = UnaryOperation.trigonometric(.arcSine)

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
