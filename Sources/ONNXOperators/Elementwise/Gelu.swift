// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTypedKernels

/// Gelu: Gaussian error linear unit.
///
/// Formula: `Y = X × Φ(X)`, with Φ by the error function or, for approximate "tanh", by a hyperbolic tangent.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Gelu.html>, opsets 20.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: none.
struct Gelu: UnaryFloatOperator {
    let operation: UnaryOperation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        switch try node.string("approximate", default: "none") {
        case "none": operation = .gelu
        case "tanh": operation = .tanhGelu
        case let other:
            throw ONNXError("attr.value", "approximate is \"\(other)\"; none or tanh is expected.")
        }
    }
}
