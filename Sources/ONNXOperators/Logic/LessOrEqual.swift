// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// LessOrEqual: comparison of two tensors element by element, broadcast.
///
/// Formula: `C = A ≤ B`; false where an element is NaN.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__LessOrEqual.html>, opsets 12, 16.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none.
struct LessOrEqual: ComparisonOperator {
    static let comparison = Comparison.lessOrEqual
}
