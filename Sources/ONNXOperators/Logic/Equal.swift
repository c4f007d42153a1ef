// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import ONNXTypedKernels

/// Equal: equality of two tensors element by element, broadcast.
///
/// Formula: `C = A == B`; false where an element is NaN.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Equal.html>, opsets 1, 7, 11, 13, 19.
/// - Supports: floats and integers of 8 to 64 bits, bool.
/// - Deviations: strings are refused.
struct Equal: ComparisonOperator {
    static let comparison = Comparison.equal
    static let types = Set.numbers.union(Set.bool)
}
