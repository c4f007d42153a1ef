// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// ReduceSum: sum over axes.
///
/// Formula: `Σ x`; 0 for nothing. Floating point adds in double precision, integers wrap.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ReduceSum.html>, opsets 1, 11, 13.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none.
struct ReduceSum: ReductionOperator {
    static let reduction = Reduction.sum
    let attributes: ReductionAttributes
}
