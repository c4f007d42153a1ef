// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// InstanceNormalization: mean 0 and variance 1 over each channel of each batch row, then scaled and shifted.
///
/// Formula: `Y = (X − mean) ÷ √(variance + epsilon) × scale + B`, scale and B one number for each channel.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__InstanceNormalization.html>, opsets 6, 22.
/// - Supports: float16, bfloat16, float and double; statistics in double.
/// - Deviations: none.
struct InstanceNormalization: Operator {
    private let epsilon: Float

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...3, outputs: 1...1)
        epsilon = try node.epsilon(default: 1e-5)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        [try ChannelGroups.plan(context, parameters: { $0 })]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let channels = try context.input(0).shape[1]
        try ChannelGroups.normalize(context, groups: channels, epsilon: epsilon)
    }
}
