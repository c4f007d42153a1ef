// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// PRelu: rectifier with a slope for negative elements, broadcast.
///
/// Formula: `Y = X < 0 ? slope × X : X`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__PRelu.html>, opsets 1, 6, 7, 9, 16.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: broadcasting goes both ways.
struct PRelu: BinaryArithmeticOperator {
    static let operation = BinaryOperation.parametricRelu
}
