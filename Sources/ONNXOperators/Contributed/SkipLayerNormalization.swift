// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// SkipLayerNormalization: layer norm of a residual sum.
///
/// Formula: `s = input + skip (+ bias)`, `output = (s - mean(s)) / sqrt(variance(s) + epsilon) * gamma (+ beta)`,
/// `input_skip_bias_sum = s`; mean and inv_std_var are the mean and the factor before gamma.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16; skip of the input's shape, or one that serves every batch row.
/// - Deviations: none.
struct SkipLayerNormalization: FloatOperator {
    private let norm: SkipNormalization

    static var floatOutputs: Set<Int> { [1, 2] }

    init(_ node: OperatorNode) throws(ONNXError) {
        norm = try SkipNormalization(node, betaInput: 3, biasInput: 4, subtractsMean: true)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        try norm.inferOutputs(context)
    }

    func run(_ context: RunContext) throws(ONNXError) { try norm.run(context) }
}
