// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors
import ONNXTypedKernels

/// Softmax: exponentials along an axis, divided by their sum.
///
/// Formula: `Y = exp(X − max X) ÷ Σ exp(X − max X)`. Before opset 13 all dimensions from the axis on form one group.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Softmax.html>, opsets 1, 11, 13.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none; a group of −∞ alone gives NaN.
struct Softmax: SoftmaxOperator {
    let attributes: SoftmaxAttributes

    static func fill(
        _ output: Tensor, from input: Tensor, view: AxisView, workers: WorkerPool
    ) throws(ONNXError) {
        try TypedKernels.softmax(input, view: view, logarithm: false, into: output, workers: workers)
    }
}
