// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// GlobalMaxPool: the greatest element of each channel over all its spatial dimensions, which stay with length 1.
///
/// Formula: `Y[n, c] = max X[n, c, …]`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__GlobalMaxPool.html>, opsets 1, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none; no elements give −∞.
struct GlobalMaxPool: GlobalPoolOperator {
    static let reduction = Reduction.maximum
}
