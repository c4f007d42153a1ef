// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Reciprocal: reciprocal.
///
/// Formula: `Y = 1 ÷ X`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Reciprocal.html>, opsets 1, 6, 13.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Reciprocal: UnaryFloatOperator {
    let operation = UnaryOperation.reciprocal

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
