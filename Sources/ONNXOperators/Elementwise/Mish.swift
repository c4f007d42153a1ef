// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Mish: mish.
///
/// Formula: `Y = X × tanh(ln(1 + exp(X)))`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Mish.html>, opsets 18, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Mish: UnaryFloatOperator {
    let operation = UnaryOperation.mish

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
