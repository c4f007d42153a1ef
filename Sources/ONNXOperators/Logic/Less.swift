// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// Less: comparison of two tensors element by element, broadcast.
///
/// Formula: `C = A < B`; false where an element is NaN.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Less.html>, opsets 1, 7, 9, 13.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none.
struct Less: ComparisonOperator {
    static let comparison = Comparison.less
}
