// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// LpPool: the p-norm of each window over the spatial dimensions.
///
/// Formula: `Y[n, c, p…] = (Σ |X[n, c, p · stride − pad + k · dilation…]|ᵖ)^(1 ÷ p)` over the k inside.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__LpPool.html>, opsets 2, 11, 18, 22.
/// - Supports: float16, bfloat16, float and double; a whole p from 1.
/// - Deviations: none.
struct LpPool: PoolOperator {
    let window: SpatialWindow
    let operation: PoolOperation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        window = try SpatialWindow(node, canRoundUp: true)
        let p = try node.int("p", default: 2)
        guard p > 0, p <= 1 << 20 else { throw ONNXError("attr.value", "p is \(p); from 1 is expected.") }
        operation = .norm(p: p)
    }
}
