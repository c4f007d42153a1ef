// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Acosh: inverse hyperbolic cosine.
///
/// Formula: `Y = arcosh(X)`; NaN below 1.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Acosh.html>, opsets 9, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Acosh: UnaryFloatOperator {
    let operation = UnaryOperation.trigonometric(.areaCosine)

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
