// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Asinh: inverse hyperbolic sine.
///
/// Formula: `Y = arsinh(X)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Asinh.html>, opsets 9, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Asinh: UnaryFloatOperator {
    let operation = UnaryOperation.trigonometric(.areaSine)

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
