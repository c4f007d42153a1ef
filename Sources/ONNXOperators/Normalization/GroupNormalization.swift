// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// GroupNormalization: mean 0 and variance 1 over groups of channels of each batch row, then scaled and shifted.
///
/// Formula: `Y = (X − mean) ÷ √(variance + epsilon) × scale + bias`, scale and bias one number for each channel; for each
/// group in opset 18.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__GroupNormalization.html>, opsets 18, 21.
/// - Supports: float16, bfloat16, float and double; statistics in double.
/// - Deviations: stash_type changes nothing.
struct GroupNormalization: Operator {
    private let epsilon: Float
    private let groups: Int
    private let hasGroupParameters: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...3, outputs: 1...1)
        epsilon = try node.epsilon(default: 1e-5)
        groups = try node.requiredInt("num_groups")
        hasGroupParameters = node.version < 21
        node.ignore("stash_type")
        guard groups > 0 else { throw ONNXError("attr.value", "num_groups is \(groups).") }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let plan = try ChannelGroups.plan(context) { hasGroupParameters ? groups : $0 }
        let channels = plan.type.shape[1]
        guard channels % groups == 0 else {
            throw ONNXError("op.shape", "\(channels) channels do not make \(groups) groups.")
        }
        return [plan]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try ChannelGroups.normalize(context, groups: groups, epsilon: epsilon)
    }
}
