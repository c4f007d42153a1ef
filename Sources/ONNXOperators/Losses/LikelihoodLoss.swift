// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// What NegativeLogLikelihoodLoss and SoftmaxCrossEntropyLoss share: attributes, checks, and the loss itself.
struct LikelihoodLoss: Sendable {
    private let ignored: Int?
    private let reduction: LossReduction

    /// - Throws: `attr.value`.
    init(_ node: OperatorNode) throws(ONNXError) {
        ignored = try node.int("ignore_index")
        let name = try node.string("reduction", default: "mean")
        guard let reduction = LossReduction(rawValue: name) else {
            throw ONNXError("attr.value", "The reduction is \(name); none, mean or sum is expected.")
        }
        self.reduction = reduction
    }

    /// The loss for numbers `[batch, classes, …]`, targets `[batch, …]` and weights `[classes]`.
    func plan(_ context: InferenceContext) throws(ONNXError) -> OutputPlan {
        let logits = try context.input(0, oneOf: .floats)
        let targets = try context.input(1, oneOf: .indices)
        guard logits.shape.rank >= 2,
            targets.shape.dimensions
                == [logits.shape[0]] + logits.shape.dimensions.dropFirst(2)
        else {
            throw ONNXError(
                "op.shape",
                "The input is \(logits) and the target \(targets); [batch, classes, …] and [batch, …] are expected."
            )
        }
        if context.hasInput(2) {
            try context.checkSameElementType(0, 2)
            guard try context.input(2).shape.dimensions == [logits.shape[1]] else {
                throw ONNXError("op.shape", "The weights are no vector of \(logits.shape[1]) classes.")
            }
        }
        return OutputPlan(logits.elementType, reduction == .none ? targets.shape : .scalar)
    }

    /// Computes the loss from logarithms of probabilities.
    func run(_ logits: Tensor, _ context: RunContext) throws(ONNXError) {
        guard let output = context.optionalOutput(0) else { return }
        try TypedKernels.negativeLogLikelihood(
            logits, targets: try context.input(1).integers(), weights: context.optionalInput(2),
            ignored: ignored, reduction: reduction, into: output)
    }
}
