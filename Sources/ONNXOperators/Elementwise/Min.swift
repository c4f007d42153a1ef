// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// Min: least of any number of tensors, broadcast.
///
/// Formula: `min(A, B, …)`; NaN wins.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Min.html>, opsets 1, 6, 8, 12, 13.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none.
struct Min: VariadicOperator {
    static let operation = BinaryOperation.minimum
}
