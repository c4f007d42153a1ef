// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// ReduceMean: mean over axes.
///
/// Formula: `Σ x ÷ count`; NaN for nothing. Floating point adds in double precision, integers wrap.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ReduceMean.html>, opsets 1, 11, 13, 18.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none.
struct ReduceMean: ReductionOperator {
    static let reduction = Reduction.mean
    let attributes: ReductionAttributes
}
