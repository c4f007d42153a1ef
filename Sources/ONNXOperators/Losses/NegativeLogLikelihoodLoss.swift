// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// NegativeLogLikelihoodLoss: how unlikely the target classes are, given logarithms of probabilities.
///
/// Formula: `loss = −weight[target] · input[target]` at each position, 0 where the target is ignore_index; with reduction
/// their sum, or their sum divided by that of the weights.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__NegativeLogLikelihoodLoss.html>, opsets 12, 13, 22.
/// - Supports: float16, bfloat16, float and double; targets int32 and int64.
/// - Deviations: a target that names no class is an error.
struct NegativeLogLikelihoodLoss: Operator {
    private let loss: LikelihoodLoss

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...3, outputs: 1...1)
        loss = try LikelihoodLoss(node)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        [try loss.plan(context)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            try loss.run(try context.input(0), context)
        }
    }
}
