// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// If: one of two subgraphs by a condition.
///
/// Formula: `outputs = cond ? then_branch() : else_branch()`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__If.html>, opsets 1, 11, 13, 16, 19, 21, 23, 24, 25.
/// - Supports: a bool condition of one element; tensors as results.
/// - Deviations: sequences and optionals are refused.
struct If: Operator {
    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...Int(Int32.max))
        for name in ["then_branch", "else_branch"] {
            let branch = try node.requiredGraph(name)
            guard branch.inputs.isEmpty, branch.outputs.count == node.outputCount else {
                throw ONNXError(
                    "if.mismatch",
                    "\(name) has \(branch.inputs.count) inputs and \(branch.outputs.count) outputs; 0 and \(node.outputCount) are expected."
                )
            }
        }
    }

    func selectedSubgraph(_ context: InferenceContext) throws(ONNXError) -> String? {
        try checkCondition(context)
        return try branch(try context.value(0))
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        try checkCondition(context)
        return [OutputPlan](repeating: .deferred(.float32), count: context.outputCount)
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let results = try context.runSubgraph(try branch(try context.input(0)), inputs: [])
        for (index, result) in results.enumerated() { context.setOutput(index, result) }
    }

    private func checkCondition(_ context: InferenceContext) throws(ONNXError) {
        let condition = try context.input(0)
        guard condition.elementType == .bool, condition.shape.elementCount == 1 else {
            throw ONNXError("op.shape", "The condition is \(condition); one bool is expected.")
        }
    }

    private func branch(_ condition: Tensor) throws(ONNXError) -> String {
        try condition.values(as: Bool.self).first == true ? "then_branch" : "else_branch"
    }
}
