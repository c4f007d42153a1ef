// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Round: rounding to the nearest integer, halves to even.
///
/// Formula: `Y = round(X)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Round.html>, opsets 11, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Round: UnaryFloatOperator {
    let operation = UnaryOperation.roundHalfToEven

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
