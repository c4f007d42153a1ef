// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors
import ONNXTypedKernels

/// LogSoftmax: the logarithm of ``Softmax``.
///
/// Formula: `Y = X − max X − ln Σ exp(X − max X)`. Before opset 13 all dimensions from the axis on form one group.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__LogSoftmax.html>, opsets 1, 11, 13.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none; a group of −∞ alone gives NaN.
struct LogSoftmax: SoftmaxOperator {
    let attributes: SoftmaxAttributes

    static func fill(
        _ output: Tensor, from input: Tensor, view: AxisView, workers: WorkerPool
    ) throws(ONNXError) {
        try TypedKernels.softmax(input, view: view, logarithm: true, into: output, workers: workers)
    }
}
