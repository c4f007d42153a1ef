// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// ReduceL2: root of the sum of squares over axes.
///
/// Formula: `√Σ x²`. Floating point adds in double precision, integers wrap.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ReduceL2.html>, opsets 1, 11, 13, 18.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none.
struct ReduceL2: ReductionOperator {
    static let reduction = Reduction.l2
    let attributes: ReductionAttributes
}
