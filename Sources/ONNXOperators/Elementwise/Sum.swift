// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import ONNXTypedKernels

/// Sum: sum of any number of tensors, broadcast.
///
/// Formula: `sum(A, B, …)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Sum.html>, opsets 1, 6, 8, 13.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Sum: VariadicOperator {
    static let operation = BinaryOperation.add
    static let types = Set.floats
}
