// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Erf: error function.
///
/// Formula: `Y = erf(X)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Erf.html>, opsets 9, 13.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Erf: UnaryFloatOperator {
    let operation = UnaryOperation.errorFunction

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
