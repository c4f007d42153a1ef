// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import ONNXTypedKernels

/// ReduceMin: least element over axes.
///
/// Formula: `min x`; +∞ or the greatest value for nothing. Floating point adds in double precision, integers wrap.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ReduceMin.html>, opsets 1, 11, 12, 13, 18, 20.
/// - Supports: floats and integers of 8 to 64 bits, bool.
/// - Deviations: none.
struct ReduceMin: ReductionOperator {
    static let reduction = Reduction.minimum
    static let types = Set.numbers.union(Set.bool)
    let attributes: ReductionAttributes
}
