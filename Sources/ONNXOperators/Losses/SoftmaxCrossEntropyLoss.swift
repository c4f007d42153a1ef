// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// SoftmaxCrossEntropyLoss: how unlikely the softmax of scores finds the target classes.
///
/// Formula: ``NegativeLogLikelihoodLoss`` of `log_prob = log(softmax(scores))` over the classes; log_prob is the second
/// output.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__SoftmaxCrossEntropyLoss.html>, opsets 12, 13.
/// - Supports: float16, bfloat16, float and double; labels int32 and int64.
/// - Deviations: a label that names no class is an error.
struct SoftmaxCrossEntropyLoss: Operator {
    private let loss: LikelihoodLoss

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...3, outputs: 1...2)
        loss = try LikelihoodLoss(node)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let plan = try loss.plan(context)
        let scores = try context.input(0)
        return Array([plan, OutputPlan(scores.elementType, scores.shape)].prefix(context.outputCount))
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let scores = try context.input(0)
            let logarithms = try context.output(1, orAllocating: scores.elementType, scores.shape)
            try TypedKernels.softmax(
                scores, axis: 1, logarithm: true, into: logarithms, workers: context.workers)
            try loss.run(logarithms, context)
        }
    }
}
