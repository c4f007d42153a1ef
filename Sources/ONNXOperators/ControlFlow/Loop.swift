// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors

/// Loop: a subgraph again and again, up to a count, while a condition holds.
///
/// Formula: `(condition, values, results) = body(step, condition, values)` while `step < M` and the condition holds.
/// The body takes the step number, the condition and the carried values; it gives the condition, the carried values and
/// any number of results, which are stacked over the steps.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Loop.html>, opsets 1, 11, 13, 16, 19, 21, 23, 24, 25.
/// - Supports: tensors as carried values and results.
/// - Deviations: sequences and optionals are refused; more steps than ``RunContext/loopStepLimit`` are the error
///   `run.steps`.
struct Loop: Operator {
    private let carriedCount: Int
    private let resultInfos: [ValueInfo]

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 0...Int(Int32.max), outputs: 1...Int(Int32.max))
        carriedCount = max(0, node.inputCount - 2)
        let body = try node.requiredGraph("body")
        guard body.inputs.count == carriedCount + 2, body.outputs.count == node.outputCount + 1,
            node.outputCount >= carriedCount
        else {
            throw ONNXError(
                "loop.mismatch",
                "The body has \(body.inputs.count) inputs and \(body.outputs.count) outputs for \(carriedCount) carried values and \(node.outputCount) results."
            )
        }
        resultInfos = Array(body.outputs.dropFirst(carriedCount + 1))
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        for index in 0..<2 {
            guard let input = context.optionalInput(index) else { continue }
            guard input.shape.elementCount == 1, input.elementType == (index == 0 ? .int64 : .bool) else {
                throw ONNXError(
                    "op.shape",
                    "Input \(index) is \(input); one \(index == 0 ? "int64" : "bool") is expected.")
            }
        }
        return [OutputPlan](repeating: .deferred(.float32), count: context.outputCount)
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let limit = try context.optionalInput(0)?.integers().first
        var goesOn = try context.optionalInput(1)?.values(as: Bool.self).first ?? true
        var carried: [Tensor] = []
        for index in 0..<carriedCount { carried.append(try context.input(index + 2)) }
        var results = [[Tensor]](repeating: [], count: resultInfos.count)
        var step = 0
        while goesOn, step < limit ?? Int.max {
            guard step < context.loopStepLimit else {
                throw ONNXError(
                    "run.steps",
                    "The loop takes more than \(context.loopStepLimit) steps, which is the limit; it may not end."
                )
            }
            try context.checkCancellation()
            let inputs = [try Tensor(scalar: Int64(step)), try Tensor(scalar: goesOn)] + carried
            let outputs = try context.runSubgraph("body", inputs: inputs)
            guard outputs.count == 1 + carriedCount + results.count, outputs[0].elementType == .bool,
                let condition = try outputs[0].values(as: Bool.self).first
            else { throw ONNXError("op.shape", "The body's first output is no bool.") }
            goesOn = condition
            carried = Array(outputs[1..<1 + carriedCount])
            for index in results.indices { results[index].append(outputs[1 + carriedCount + index]) }
            step += 1
        }
        for (index, value) in carried.enumerated() { context.setOutput(index, value) }
        for (index, parts) in results.enumerated() {
            context.setOutput(carriedCount + index, try Tensor(stacking: parts, declared: resultInfos[index]))
        }
    }
}
