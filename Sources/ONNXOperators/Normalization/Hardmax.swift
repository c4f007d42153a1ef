// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors
import ONNXTypedKernels

/// Hardmax: 1 for the first greatest element along an axis, 0 for the others.
///
/// Formula: `output[i] = 1` where `i = min { j : input[j] = max(input) }`, else 0; before opset 13 over all axes from the
/// given one on.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Hardmax.html>, opsets 1, 11, 13.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none; NaN counts as the greatest.
struct Hardmax: SoftmaxOperator {
    let attributes: SoftmaxAttributes

    static func fill(
        _ output: Tensor, from input: Tensor, view: AxisView, workers: WorkerPool
    ) throws(ONNXError) {
        try TypedKernels.hardmax(input, view: view, into: output)
    }
}
