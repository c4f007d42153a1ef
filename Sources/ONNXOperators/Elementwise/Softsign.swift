// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Softsign: softsign.
///
/// Formula: `Y = X ÷ (1 + |X|)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Softsign.html>, opsets 1, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Softsign: UnaryFloatOperator {
    let operation = UnaryOperation.softsign

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
    }
}
