// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// ReduceLogSumExp: logarithm of the sum of exponentials over axes.
///
/// Formula: `ln Σ exp(x)`, without overflow. Floating point adds in double precision, integers wrap.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ReduceLogSumExp.html>, opsets 1, 11, 13, 18, 28.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none.
struct ReduceLogSumExp: ReductionOperator {
    static let reduction = Reduction.logOfSumOfExponentials
    let attributes: ReductionAttributes
}
