// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// CumProd: running products along an axis, from either end, with or without the element itself.
///
/// Formula: `y[i] = Π x[j]` over j ≤ i; over j < i with exclusive, from the other end with reverse.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__CumProd.html>, opsets 26.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none; integers wrap.
struct CumProd: CumulativeOperator {
    static let multiplies = true
    let attributes: CumulativeAttributes
}
