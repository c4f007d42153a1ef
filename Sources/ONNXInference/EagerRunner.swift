// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXOperators
import ONNXTensors

/// Runs steps one at a time on values, each output in memory of its own: for steps whose shapes depend on values,
/// and for the subgraphs of loops.
enum EagerRunner {
    /// Infers and runs one step.
    ///
    /// - Parameter captured: the value of a slot of the step's own program, for its subgraphs.
    static func run(
        _ step: GraphProgram.Step, inputs: [Tensor?], state: RunState,
        captured: ((String) throws(ONNXError) -> [(slot: Int, value: Tensor)])? = nil
    ) throws(ONNXError) -> [Tensor?] {
        do {
            try state.countNode()
            let inference = InferenceContext()
            inference.reset(
                inputs: inputs.map { $0.map { TensorType($0.elementType, $0.shape) } }, values: inputs,
                requestedOutputs: step.requestedOutputs)
            let plans = try step.operation.inferOutputs(inference)
            return try run(step, inputs: inputs, plans: plans, state: state, captured: captured)
        } catch {
            throw error.adding(step.label)
        }
    }

    /// Runs one step whose outputs are planned.
    static func run(
        _ step: GraphProgram.Step, inputs: [Tensor?], plans: [OutputPlan], state: RunState,
        captured: ((String) throws(ONNXError) -> [(slot: Int, value: Tensor)])? = nil
    ) throws(ONNXError) -> [Tensor?] {
        guard plans.count >= step.outputs.count else {
            throw ONNXError(
                "internal.outputs", "The operator planned \(plans.count) of \(step.outputs.count) outputs.")
        }
        var outputs: [Tensor?] = []
        for (position, plan) in plans.prefix(step.outputs.count).enumerated() {
            guard step.requestedOutputs[position] else {
                outputs.append(nil)
                continue
            }
            switch plan.placement {
            case .allocated, .cache:
                outputs.append(
                    try Tensor(allocating: plan.type.elementType, plan.type.shape, meter: state.meter))
            case .view(let input, let byteOffset):
                guard input < inputs.count, let source = inputs[input] else {
                    throw ONNXError(
                        "internal.view", "Output \(position) is a view of an input that is left out.")
                }
                outputs.append(
                    try Tensor(
                        plan.type.elementType, plan.type.shape, storage: source.storage,
                        byteOffset: source.byteOffset + byteOffset))
            case .constant(let tensor): outputs.append(tensor)
            case .deferred: outputs.append(nil)
            }
        }
        let context = RunContext(
            RunResources(
                workers: state.workers, loopStepLimit: state.limits.loopSteps,
                scratchByteLimit: state.limits.intermediateBytes, isCancelled: state.isCancelled))
        let subgraphs =
            step.subgraphs.isEmpty ? nil : SubgraphInvocation(step: step, state: state, captured: captured)
        context.reset(inputs: inputs, caches: [], outputs: outputs, subgraphs: subgraphs)
        try step.operation.run(context)
        for (position, plan) in plans.prefix(step.outputs.count).enumerated() {
            if case .deferred = plan.placement {
                try context.outputs[position]?.count(against: state.meter)
            }
        }
        return withExtendedLifetime(subgraphs) { context.outputs }
    }

    /// Runs a whole program.
    static func run(
        _ program: GraphProgram, inputs: [Tensor], captures: [(slot: Int, value: Tensor)], state: RunState
    ) throws(ONNXError) -> [Tensor] {
        guard inputs.count == program.inputs.count else {
            throw ONNXError(
                "graph.inputs", "A subgraph takes \(program.inputs.count) inputs; \(inputs.count) are given.")
        }
        var values: [Tensor?] = Array(repeating: nil, count: program.slotCount)
        for constant in program.constants { values[constant.slot] = constant.tensor }
        for (slot, value) in captures { values[slot] = value }
        for (input, value) in zip(program.inputs, inputs) { values[input.slot] = value }
        for (index, step) in program.steps.enumerated() {
            try state.checkCancellation()
            let outputs = try run(
                step, inputs: step.inputs.map { $0 < 0 ? nil : values[$0] }, state: state,
                captured: { (name: String) throws(ONNXError) in
                    try captureValues(step.subgraphs[name]?.captures ?? [], values)
                })
            for (slot, value) in zip(step.outputs, outputs) where slot >= 0 { values[slot] = value }
            for slot in program.releases[index] { values[slot] = nil }
        }
        var results: [Tensor] = []
        for output in program.outputs {
            guard let value = values[output.slot] else {
                throw ONNXError(
                    "graph.output_missing", "The output \"\(output.info.name)\" was not computed.")
            }
            results.append(value)
        }
        return results
    }

    /// The outer values that a subgraph reads, by inner slot.
    static func captureValues(
        _ captures: [(outer: Int, inner: Int)], _ values: [Tensor?]
    ) throws(ONNXError) -> [(slot: Int, value: Tensor)] {
        var result: [(slot: Int, value: Tensor)] = []
        for capture in captures {
            guard let value = values[capture.outer] else {
                throw ONNXError(
                    "graph.undefined_value", "A value that a subgraph reads has not been computed.")
            }
            result.append((capture.inner, value))
        }
        return result
    }
}

/// Runs the subgraphs of one step of one run.
private final class SubgraphInvocation: SubgraphRunner {
    private let step: GraphProgram.Step
    private let state: RunState
    private let captured: ((String) throws(ONNXError) -> [(slot: Int, value: Tensor)])?

    init(
        step: GraphProgram.Step, state: RunState,
        captured: ((String) throws(ONNXError) -> [(slot: Int, value: Tensor)])?
    ) {
        self.step = step
        self.state = state
        self.captured = captured
    }

    func runSubgraph(_ name: String, inputs: [Tensor]) throws(ONNXError) -> [Tensor] {
        guard let subgraph = step.subgraphs[name] else {
            throw ONNXError("attr.missing", "The node has no subgraph \(name).")
        }
        let captures = try captured?(name) ?? []
        return try EagerRunner.run(subgraph.program, inputs: inputs, captures: captures, state: state)
    }
}
