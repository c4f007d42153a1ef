// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels

/// FastGelu: Gaussian error linear unit by the hyperbolic tangent.
///
/// Formula: `Y = x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))` with `x = X (+ bias)`.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16.
/// - Deviations: none.
struct FastGelu: FloatOperator {
    private let activation: BiasedActivation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...2, outputs: 1...1)
        activation = BiasedActivation(function: .geluTanh)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        try activation.inferOutputs(context)
    }

    func run(_ context: RunContext) throws(ONNXError) { try activation.run(context) }
}
