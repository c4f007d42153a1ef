// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Sinh: hyperbolic sine.
///
/// Formula: `Y = sinh(X)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Sinh.html>, opsets 9, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Sinh: UnaryFloatOperator {
    let operation = UnaryOperation.trigonometric(.hyperbolicSine)

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
