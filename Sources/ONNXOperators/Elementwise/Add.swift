// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// Add: sum of two tensors, broadcast.
///
/// Formula: `C = A + B`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Add.html>, opsets 1, 6, 7, 13, 14.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none; integers wrap.
struct Add: BinaryArithmeticOperator {
    static let operation = BinaryOperation.add
}
