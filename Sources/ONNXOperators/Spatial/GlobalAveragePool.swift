// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// GlobalAveragePool: the mean of each channel over all its spatial dimensions, which stay with length 1.
///
/// Formula: `Y[n, c] = mean X[n, c, …]`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__GlobalAveragePool.html>, opsets 1, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none; no elements give NaN.
struct GlobalAveragePool: GlobalPoolOperator {
    static let reduction = Reduction.mean
}
