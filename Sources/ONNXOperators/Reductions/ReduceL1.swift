// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// ReduceL1: sum of magnitudes over axes.
///
/// Formula: `Σ |x|`. Floating point adds in double precision, integers wrap.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ReduceL1.html>, opsets 1, 11, 13, 18.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none.
struct ReduceL1: ReductionOperator {
    static let reduction = Reduction.l1
    let attributes: ReductionAttributes
}
