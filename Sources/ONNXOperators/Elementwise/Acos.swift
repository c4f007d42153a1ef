// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Acos: inverse cosine.
///
/// Formula: `Y = arccos(X)`; NaN outside −1…1.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Acos.html>, opsets 7, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Acos: UnaryFloatOperator {
    let operation = UnaryOperation.trigonometric(.arcCosine)

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
