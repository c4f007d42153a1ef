// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// Max: greatest of any number of tensors, broadcast.
///
/// Formula: `max(A, B, …)`; NaN wins.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Max.html>, opsets 1, 6, 8, 12, 13.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none.
struct Max: VariadicOperator {
    static let operation = BinaryOperation.maximum
}
