// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Exp: exponential.
///
/// Formula: `Y = exp(X)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Exp.html>, opsets 1, 6, 13.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Exp: UnaryFloatOperator {
    let operation = UnaryOperation.exponential

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
