// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels

/// BiasGelu: Gaussian error linear unit of a sum.
///
/// Formula: `C = x / 2 · (1 + erf(x / √2))` with `x = A + B`.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16.
/// - Deviations: none.
struct BiasGelu: FloatOperator {
    private let activation: BiasedActivation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        activation = BiasedActivation(function: .gelu)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        try activation.inferOutputs(context)
    }

    func run(_ context: RunContext) throws(ONNXError) { try activation.run(context) }
}
