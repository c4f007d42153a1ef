// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import ONNXTypedKernels

/// Mean: mean of any number of tensors, broadcast.
///
/// Formula: `sum(A, B, …) ÷ count`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Mean.html>, opsets 1, 6, 8, 13.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Mean: VariadicOperator {
    static let operation = BinaryOperation.add
    static let types = Set.floats
    static let averages = true
}
