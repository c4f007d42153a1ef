// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// Div: quotient of two tensors element by element, broadcast.
///
/// Formula: `C = A ÷ B`; integers truncate toward zero.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Div.html>, opsets 1, 6, 7, 13, 14.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: division of an integer by zero is the error `op.div_zero`; the least integer ÷ −1 wraps.
struct Div: BinaryArithmeticOperator {
    static let operation = BinaryOperation.divide
}
