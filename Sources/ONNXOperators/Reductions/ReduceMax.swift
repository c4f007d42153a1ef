// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import ONNXTypedKernels

/// ReduceMax: greatest element over axes.
///
/// Formula: `max x`; −∞ or the least value for nothing. Floating point adds in double precision, integers wrap.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ReduceMax.html>, opsets 1, 11, 12, 13, 18, 20.
/// - Supports: floats and integers of 8 to 64 bits, bool.
/// - Deviations: none.
struct ReduceMax: ReductionOperator {
    static let reduction = Reduction.maximum
    static let types = Set.numbers.union(Set.bool)
    let attributes: ReductionAttributes
}
