// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// ReduceProd: product over axes.
///
/// Formula: `Π x`; 1 for nothing. Floating point adds in double precision, integers wrap.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ReduceProd.html>, opsets 1, 11, 13, 18.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none.
struct ReduceProd: ReductionOperator {
    static let reduction = Reduction.product
    let attributes: ReductionAttributes
}
