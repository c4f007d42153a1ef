// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Softplus: smooth rectifier.
///
/// Formula: `Y = ln(1 + exp(X))`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Softplus.html>, opsets 1, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Softplus: UnaryFloatOperator {
    let operation = UnaryOperation.softplus

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
