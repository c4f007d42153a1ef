// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// ReduceLogSum: logarithm of the sum over axes.
///
/// Formula: `ln Σ x`. Floating point adds in double precision, integers wrap.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ReduceLogSum.html>, opsets 1, 11, 13, 18, 28.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none.
struct ReduceLogSum: ReductionOperator {
    static let reduction = Reduction.logOfSum
    let attributes: ReductionAttributes
}
