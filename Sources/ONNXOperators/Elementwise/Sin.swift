// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Sin: sine.
///
/// Formula: `Y = sin(X)`, X in radians.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Sin.html>, opsets 7, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Sin: UnaryFloatOperator {
    let operation = UnaryOperation.trigonometric(.sine)

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
