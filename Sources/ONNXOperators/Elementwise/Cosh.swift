// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Cosh: hyperbolic cosine.
///
/// Formula: `Y = cosh(X)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Cosh.html>, opsets 9, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Cosh: UnaryFloatOperator {
    let operation = UnaryOperation.trigonometric(.hyperbolicCosine)

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
