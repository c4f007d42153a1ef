// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// MaxPool: the greatest element of each window over the spatial dimensions, and where it lies.
///
/// Formula: `Y[n, c, p…] = max X[n, c, p · stride − pad + k · dilation…]` over the k inside; NaN wins.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__MaxPool.html>, opsets 1, 8, 10, 11, 12, 22.
/// - Supports: float16, bfloat16, float, double, int8 and uint8; the output Indices in both orders.
/// - Deviations: a window that lies in the padding alone gives −∞, or the least integer.
struct MaxPool: PoolOperator {
    static var types: Set<ElementType> { Set.floats.union([.int8, .uint8]) }

    let window: SpatialWindow
    let isColumnMajor: Bool
    var operation: PoolOperation { .maximum }

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...2)
        window = try SpatialWindow(node, canRoundUp: true)
        isColumnMajor = try node.flag("storage_order")
    }
}
