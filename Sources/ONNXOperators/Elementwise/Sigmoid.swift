// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Sigmoid: logistic function.
///
/// Formula: `Y = 1 ÷ (1 + exp(−X))`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Sigmoid.html>, opsets 1, 6, 13.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Sigmoid: UnaryFloatOperator {
    let operation = UnaryOperation.sigmoid

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
