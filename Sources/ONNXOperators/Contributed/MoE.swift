// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// MoE: each token goes through the few experts that a router prefers for it, and their results are weighted.
///
/// Formula: for the k experts with the greatest router_probs, `output = Σ wₑ · fc2ₑ(activation(fc1ₑ(x)) · fc3ₑ(x))`; w is
/// the softmax over all experts, divided by its sum over the chosen with normalize_routing_weights.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16; the activations relu, relu2, gelu (hyperbolic tangent), silu, identity, swiglu
///   in its three layouts and geglu in its two; biases; a third projection; use_sparse_mixer with k 2.
/// - Deviations: among equal router_probs the expert with the lower number is taken; swiglu_limit_after_activation is
///   refused.
struct MoE: FloatOperator {
    private let mixture: ExpertMixture

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 5...8, outputs: 1...1, required: [0, 1, 2, 4])
        mixture = try ExpertMixture(node)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        for index in [0, 1, 2, 4, 6] where context.hasInput(index) {
            _ = try context.input(index, oneOf: [.float32])
        }
        let sizes = try mixture.sizes(
            input: context.input(0).shape, router: context.input(1).shape,
            first: context.input(2).shape.dimensions, second: context.input(4).shape.dimensions,
            third: context.optionalInput(6)?.shape.dimensions)
        try ExpertMixture.check(
            bias: context.optionalInput(3), "fc1_experts_bias", [sizes.experts, sizes.first])
        try ExpertMixture.check(
            bias: context.optionalInput(5), "fc2_experts_bias", [sizes.experts, sizes.hidden])
        try ExpertMixture.check(
            bias: context.optionalInput(7), "fc3_experts_bias", [sizes.experts, sizes.inner])
        return [OutputPlan(.float32, try context.input(0).shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let (first, second) = (try context.input(2), try context.input(4))
        let third = context.optionalInput(6)
        let sizes = try mixture.sizes(
            input: input.shape, router: context.input(1).shape, first: first.shape.dimensions,
            second: second.shape.dimensions, third: third?.shape.dimensions)
        let routing = ExpertRouting(
            count: mixture.count, weighting: mixture.mixesSparsely ? .sparseMixer : .overAll,
            normalizes: mixture.normalizes)
        try mixture.run(
            input, routing.routes(context.input(1), weights: nil), sizes,
            first: .init(
                projection: FloatExpertProjection(weights: first), bias: context.optionalInput(3)),
            second: .init(
                projection: FloatExpertProjection(weights: second), bias: context.optionalInput(5)),
            third: third.map {
                .init(
                    projection: FloatExpertProjection(weights: $0), bias: context.optionalInput(7))
            }, into: context.output(0), context)
    }
}
