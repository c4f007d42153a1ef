// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// CumSum: running sums along an axis, from either end, with or without the element itself.
///
/// Formula: `y[i] = Σ x[j]` over j ≤ i; over j < i with exclusive, from the other end with reverse.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__CumSum.html>, opsets 11, 14.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none; integers wrap.
struct CumSum: CumulativeOperator {
    static let multiplies = false
    let attributes: CumulativeAttributes
}
