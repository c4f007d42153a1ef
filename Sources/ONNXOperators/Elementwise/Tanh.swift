// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Tanh: hyperbolic tangent.
///
/// Formula: `Y = tanh(X)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Tanh.html>, opsets 1, 6, 13.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Tanh: UnaryFloatOperator {
    let operation = UnaryOperation.hyperbolicTangent

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
