// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Atan: inverse tangent.
///
/// Formula: `Y = arctan(X)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Atan.html>, opsets 7, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Atan: UnaryFloatOperator {
    let operation = UnaryOperation.trigonometric(.arcTangent)

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
