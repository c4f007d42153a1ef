// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// HardSwish: piecewise swish.
///
/// Formula: `Y = X × max(0, min(1, X ÷ 6 + 0.5))`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__HardSwish.html>, opsets 14, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct HardSwish: UnaryFloatOperator {
    let operation = UnaryOperation.hardSwish

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
