// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Shrink: shrinkage toward zero.
///
/// Formula: `Y = X < −lambd ? X + bias : X > lambd ? X − bias : 0`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Shrink.html>, opsets 9.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Shrink: UnaryFloatOperator {
    let operation: UnaryOperation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        let lambda = try node.float("lambd", default: 0.5)
        let bias = try node.float("bias", default: 0)
        operation = .shrink(lambda: lambda, bias: bias)
    }
}
