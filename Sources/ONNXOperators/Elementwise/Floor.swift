// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Floor: rounding down.
///
/// Formula: `Y = ⌊X⌋`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Floor.html>, opsets 1, 6, 13.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Floor: UnaryFloatOperator {
    let operation = UnaryOperation.floor

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
