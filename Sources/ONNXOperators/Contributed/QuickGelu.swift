// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels

/// QuickGelu: product with a sigmoid.
///
/// Formula: `Y = X · sigmoid(alpha · X)`.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16.
/// - Deviations: none.
struct QuickGelu: FloatOperator {
    private let activation: BiasedActivation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        let alpha = try node.float("alpha", default: 1.702)
        activation = BiasedActivation(function: .quickGelu(factor: alpha))
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        try activation.inferOutputs(context)
    }

    func run(_ context: RunContext) throws(ONNXError) { try activation.run(context) }
}
