// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// AveragePool: the mean of each window over the spatial dimensions.
///
/// Formula: `Y[n, c, p…] = Σ X[n, c, p · stride − pad + k · dilation…] ÷ count`, the count of the elements inside, or with
/// count_include_pad of those in the padding too.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__AveragePool.html>, opsets 1, 7, 10, 11, 19, 22.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: a window that lies in the padding alone gives 0.
struct AveragePool: PoolOperator {
    let window: SpatialWindow
    let operation: PoolOperation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        window = try SpatialWindow(node, canRoundUp: true)
        operation = .average(includesPadding: try node.flag("count_include_pad"))
    }
}
