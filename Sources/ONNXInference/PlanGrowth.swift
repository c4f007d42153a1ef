// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXOperators
import ONNXTensors

/// What of a plan depends on how many positions are cached already, found by comparing two plans of one signature.
///
/// A decoder runs the same steps for each token; only a few small values, such as the total length, differ. They are
/// computed anew for each length, and every decision that they had a part in is taken again and must come out as
/// planned. So a plan that would be another at some length (the long rotary tables, say) is found out.
struct PlanGrowth {
    /// Indices of decisions that depend on the length.
    private let decisions: [Int]
    /// Slots whose type or known elements depend on the length, in order.
    let slots: [Int]
    /// Whether the values at two lengths tell those between them, and a plan that holds at both holds between them.
    ///
    /// It is so where sums, differences, selections and comparisons are all that is done to lengths: what they give is
    /// linear in the length, and a comparison of such values that comes out the same at both ends does so between them.
    let isEven: Bool
    private let isVarying: [Bool]

    /// Nil where the plans differ in more than values: other steps, or buffers of other sizes.
    ///
    /// - Parameter inputs: the slots of the inputs that have another length in each plan.
    init?(_ first: ExecutionPlan, _ second: ExecutionPlan, inputs: [Int]) {
        guard first.steps.count == second.steps.count, first.decisions.count == second.decisions.count,
            first.branches == second.branches, first.arenaByteCount == second.arenaByteCount,
            first.inputSlots == second.inputSlots, first.outputSlots == second.outputSlots,
            first.presets.count == second.presets.count
        else { return nil }
        var comparison = Comparison(first: first, second: second, inputs: inputs)
        for index in first.decisions.indices {
            guard comparison.agree(at: index) else { return nil }
        }
        decisions = comparison.dependent
        isVarying = comparison.isVarying
        slots = isVarying.indices.filter {
            comparison.isVarying[$0] && second.known[$0] != nil && !inputs.contains($0)
        }
        isEven =
            comparison.isEven
            && slots.allSatisfy { slot in
                let type = second.types[slot]?.elementType
                return (type == .int32 || type == .int64) && first.types[slot] == second.types[slot]
                    && !second.outputSlots.contains(slot)
            }
    }

    /// The elements of ``slots`` at another length; nil if `plan` does not hold there.
    ///
    /// - Parameter inputs: type and known elements of each growing input at that length, by slot.
    func values(
        _ plan: ExecutionPlan, inputs: [Int: (type: TensorType, value: Tensor?)], state: RunState
    ) throws(ONNXError) -> [Tensor]? {
        var evaluation = Evaluation(plan: plan, isVarying: isVarying, facts: inputs, state: state)
        for index in decisions {
            guard try evaluation.holds(plan.decisions[index]) else { return nil }
        }
        var result: [Tensor] = []
        for slot in slots {
            guard let value = evaluation.facts[slot]?.value else { return nil }
            result.append(value)
        }
        return result
    }
}

/// Walks through two plans and marks what differs.
private struct Comparison {
    let first: ExecutionPlan
    let second: ExecutionPlan
    var isVarying: [Bool]
    var dependent: [Int] = []
    /// Whether all that depends on the length is linear in it.
    var isEven = true

    init(first: ExecutionPlan, second: ExecutionPlan, inputs: [Int]) {
        self.first = first
        self.second = second
        isVarying = Array(repeating: false, count: first.presets.count)
        for slot in inputs { isVarying[slot] = true }
    }

    mutating func agree(at index: Int) -> Bool {
        switch (first.decisions[index], second.decisions[index]) {
        case (
            .evaluated(let step, let inputs, let outputs),
            .evaluated(let other, let otherInputs, let otherOutputs)
        ):
            guard step.label == other.label, inputs == otherInputs, outputs == otherOutputs else {
                return false
            }
            let depends = depends(inputs)
            if depends { note(index, step, inputs, outputs) }
            return outputs.allSatisfy { $0 < 0 || mark($0, allowed: depends) }
        case (
            .branch(let step, let inputs, let chosen), .branch(let other, let otherInputs, let otherChosen)
        ):
            if depends(inputs) { note(index, step, inputs, []) }
            return step.label == other.label && inputs == otherInputs && chosen == otherChosen
        case (.alias(let from, let to), .alias(let otherFrom, let otherTo)):
            if isVarying[from] { dependent.append(index) }
            return from == otherFrom && to == otherTo && mark(to, allowed: isVarying[from])
        case (.bound(let step, let plans), .bound(let other, let others)):
            return step == other && boundAgree(index, step, plans, others)
        case (.dynamic(let step), .dynamic(let other)): return step == other
        default: return false
        }
    }

    private mutating func boundAgree(
        _ index: Int, _ stepIndex: Int, _ plans: [OutputPlan], _ others: [OutputPlan]
    ) -> Bool {
        let planned = first.steps[stepIndex]
        let growing = planned.step?.operation.growingInputs ?? []
        let varying = planned.inputs.indices.filter {
            planned.inputs[$0] >= 0 && isVarying[planned.inputs[$0]]
        }
        let depends = varying.contains { !growing.contains($0) }
        if depends {
            if let step = planned.step {
                note(index, step, planned.inputs, planned.outputs)
            } else {
                dependent.append(index)
            }
        }
        guard planned.step?.label == second.steps[stepIndex].step?.label,
            planned.inputs == second.steps[stepIndex].inputs, plans.count == others.count
        else { return false }
        for (position, slot) in planned.outputs.enumerated() where slot >= 0 {
            guard plans[position].isPlacedLike(others[position]) else { return false }
            if case .cache = plans[position].placement {
                if first.types[slot] != second.types[slot] { isVarying[slot] = true }
                continue
            }
            // A view of other elements, or of another shape, is good only where its elements are known.
            guard mark(slot, allowed: depends && second.known[slot] != nil) else { return false }
        }
        return true
    }

    private mutating func note(_ index: Int, _ step: GraphProgram.Step, _ inputs: [Int], _ outputs: [Int]) {
        dependent.append(index)
        let varying = inputs.indices.filter { inputs[$0] >= 0 && isVarying[inputs[$0]] }
        let types = outputs.map { $0 < 0 ? nil : second.types[$0]?.elementType }
        isEven = isEven && step.isEven(varying: varying, outputs: types)
    }

    private func depends(_ inputs: [Int]) -> Bool { inputs.contains { $0 >= 0 && isVarying[$0] } }

    /// Marks a slot that differs; false if it must not.
    private mutating func mark(_ slot: Int, allowed: Bool) -> Bool {
        if first.types[slot] == second.types[slot], first.known[slot].hasElements(of: second.known[slot]) {
            return true
        }
        isVarying[slot] = true
        return allowed
    }
}

/// Takes decisions again for another length.
private struct Evaluation {
    let plan: ExecutionPlan
    let isVarying: [Bool]
    var facts: [Int: (type: TensorType, value: Tensor?)]
    let state: RunState
    private let inference = InferenceContext()

    init(
        plan: ExecutionPlan, isVarying: [Bool], facts: [Int: (type: TensorType, value: Tensor?)],
        state: RunState
    ) {
        self.plan = plan
        self.isVarying = isVarying
        self.facts = facts
        self.state = state
    }

    mutating func holds(_ decision: ExecutionPlan.Decision) throws(ONNXError) -> Bool {
        switch decision {
        case .evaluated(let step, let inputs, let outputs):
            guard let plans = try outputPlans(step, inputs) else { return false }
            let values = inputs.map { $0 < 0 ? nil : value($0) }
            let allKnown = inputs.allSatisfy { $0 < 0 || value($0) != nil }
            guard
                let results = try PlanBuilder.knownOutputs(
                    step, inputs: values, allKnown: allKnown, plans: plans, state: state)
            else { return false }
            return zip(outputs, results).allSatisfy { $0 < 0 || take($1, for: $0) }
        case .branch(let step, let inputs, let chosen):
            reset(step, inputs)
            return try step.operation.selectedSubgraph(inference) == chosen
        case .alias(let from, let to):
            if isVarying[to] { facts[to] = facts[from] }
            return true
        case .bound(let index, let planned): return try boundHolds(index, planned)
        case .dynamic: return true
        }
    }

    private mutating func boundHolds(_ index: Int, _ planned: [OutputPlan]) throws(ONNXError) -> Bool {
        let step = plan.steps[index]
        guard let operation = step.step, let plans = try outputPlans(operation, step.inputs) else {
            return false
        }
        guard plans.count == planned.count else { return false }
        for (position, slot) in step.outputs.enumerated() where slot >= 0 {
            guard plans[position].isPlacedLike(planned[position]) else { return false }
            switch plans[position].placement {
            case .view(let input, let byteOffset):
                guard isVarying[slot] else {
                    guard plans[position].type == plan.types[slot] else { return false }
                    continue
                }
                guard let source = value(step.inputs[input]) else { return false }
                let type = plans[position].type
                let view = try Tensor(
                    type.elementType, type.shape, storage: source.storage,
                    byteOffset: source.byteOffset + byteOffset)
                guard take(view, for: slot) else { return false }
            case .constant(let tensor):
                guard take(tensor, for: slot) else { return false }
            case .allocated, .cache, .deferred: break
            }
        }
        return true
    }

    private func value(_ slot: Int) -> Tensor? { facts[slot].map { $0.value } ?? plan.known[slot] }

    private func reset(_ step: GraphProgram.Step, _ inputs: [Int]) {
        inference.reset(
            inputs: inputs.map { $0 < 0 ? nil : facts[$0]?.type ?? plan.types[$0] },
            values: inputs.map { $0 < 0 ? nil : value($0) }, requestedOutputs: step.requestedOutputs)
    }

    private func outputPlans(_ step: GraphProgram.Step, _ inputs: [Int]) throws(ONNXError) -> [OutputPlan]? {
        reset(step, inputs)
        do {
            return try step.operation.inferOutputs(inference)
        } catch  where error.code == InferenceContext.valueUnknown {
            return nil
        } catch {
            throw error.adding(step.label)
        }
    }

    /// Notes a value that may vary; false if it differs and may not.
    private mutating func take(_ value: Tensor?, for slot: Int) -> Bool {
        guard isVarying[slot] else { return plan.known[slot].hasElements(of: value) }
        guard let value else { return false }
        facts[slot] = (TensorType(value.elementType, value.shape), value)
        return true
    }
}

extension OutputPlan {
    /// Whether a step needs no other plan for this than for `other`; types of caches and views may differ.
    fileprivate func isPlacedLike(_ other: OutputPlan) -> Bool {
        switch (placement, other.placement) {
        case (.allocated, .allocated): type == other.type
        case (.view(let input, let offset), .view(let otherInput, let otherOffset)):
            input == otherInput && offset == otherOffset
        case (.cache(let input), .cache(let otherInput)): input == otherInput
        case (.constant, .constant), (.deferred, .deferred): true
        default: false
        }
    }
}

extension Tensor? {
    /// Whether both are nil, or tensors of one type, shape and the same bytes. Tensors of strings are never equal.
    fileprivate func hasElements(of other: Tensor?) -> Bool {
        guard let self else { return other == nil }
        guard let other, self.elementType == other.elementType, self.shape == other.shape,
            self.elementType != .string
        else { return false }
        if self.storage === other.storage, self.byteOffset == other.byteOffset { return true }
        return self.withUnsafeBytes { first in other.withUnsafeBytes { first.elementsEqual($0) } }
    }
}
