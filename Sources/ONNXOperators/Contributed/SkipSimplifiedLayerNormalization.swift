// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// SkipSimplifiedLayerNormalization: root mean square norm of a residual sum.
///
/// Formula: `s = input + skip (+ bias)`, `output = s / sqrt(mean(s²) + epsilon) * gamma`, `input_skip_bias_sum = s`;
/// inv_std_var is the factor before gamma, and mean zeros.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16; skip of the input's shape, or one that serves every batch row.
/// - Deviations: none.
struct SkipSimplifiedLayerNormalization: FloatOperator {
    private let norm: SkipNormalization

    static var floatOutputs: Set<Int> { [1, 2] }

    init(_ node: OperatorNode) throws(ONNXError) {
        norm = try SkipNormalization(node, betaInput: nil, biasInput: 3, subtractsMean: false)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        try norm.inferOutputs(context)
    }

    func run(_ context: RunContext) throws(ONNXError) { try norm.run(context) }
}
