// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Sqrt: square root.
///
/// Formula: `Y = √X`; NaN below zero.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Sqrt.html>, opsets 1, 6, 13.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Sqrt: UnaryFloatOperator {
    let operation = UnaryOperation.squareRoot

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
