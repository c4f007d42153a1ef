// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXOperators
import ONNXTensors

/// Makes an ``ExecutionPlan`` by running a program on types instead of values.
struct PlanBuilder {
    /// What is known of a slot while planning.
    private struct Fact {
        var type: TensorType?
        var value: Tensor?
        var isCache = false
        /// The arena buffer that the slot lies in.
        var region: Int?
    }

    private struct Region {
        let byteCount: Int
        let firstStep: Int
        var lastStep: Int
        /// The graph output that the buffer becomes.
        var graphOutput: Int?
    }

    /// Values known before the run are computed at planning only up to this many bytes.
    private static let knownValueLimit = 64 * 1024

    private let state: RunState
    private let forcedBranches: [String]?
    private var plan = ExecutionPlan()
    private var facts: [Fact] = []
    private var regions: [Region] = []
    private let inference = InferenceContext()

    private init(state: RunState, forcedBranches: [String]?) {
        self.state = state
        self.forcedBranches = forcedBranches
    }

    /// The plan of `program` for inputs of the given types and values.
    ///
    /// - Parameter branches: what to take, in order of appearance, where the inputs decide which subgraph runs; nil
    ///   for what the inputs say.
    /// - Throws: whatever an operator says of its input types, with the node's label.
    static func plan(
        _ program: GraphProgram, inputs: [(type: TensorType, value: Tensor?, isCache: Bool)],
        branches: [String]? = nil, state: RunState
    ) throws(ONNXError) -> ExecutionPlan {
        var builder = PlanBuilder(state: state, forcedBranches: branches)
        var slots: [Int] = []
        for _ in 0..<program.slotCount { slots.append(builder.newSlot()) }
        for (input, given) in zip(program.inputs, inputs) {
            builder.facts[slots[input.slot]] = Fact(
                type: given.type, value: given.value, isCache: given.isCache)
        }
        try builder.emit(program, slots)
        builder.plan.inputSlots = program.inputs.map { slots[$0.slot] }
        builder.plan.outputSlots = program.outputs.map { slots[$0.slot] }
        try builder.placeBuffers()
        builder.plan.types = builder.facts.map(\.type)
        builder.plan.known = builder.facts.map(\.value)
        return builder.plan
    }

    private mutating func newSlot() -> Int {
        facts.append(Fact())
        plan.presets.append(nil)
        return facts.count - 1
    }

    private mutating func emit(_ program: GraphProgram, _ slots: [Int]) throws(ONNXError) {
        for constant in program.constants {
            facts[slots[constant.slot]] = Fact(type: constant.type, value: constant.tensor)
            plan.presets[slots[constant.slot]] = constant.tensor
        }
        for step in program.steps {
            do {
                try emit(step, slots)
            } catch {
                throw error.adding(step.label)
            }
        }
    }

    private mutating func emit(_ step: GraphProgram.Step, _ slots: [Int]) throws(ONNXError) {
        let inputs = step.inputs.map { $0 < 0 ? -1 : slots[$0] }
        let outputs = step.outputs.map { $0 < 0 ? -1 : slots[$0] }
        try state.countNode()
        guard inputs.allSatisfy({ $0 < 0 || facts[$0].type != nil }) else {
            return emitDynamic(step, inputs, outputs, slots)
        }
        let types = inputs.map { $0 < 0 ? nil : facts[$0].type }
        let values = inputs.map { $0 < 0 ? nil : facts[$0].value }
        inference.reset(inputs: types, values: values, requestedOutputs: step.requestedOutputs)
        let outputPlans: [OutputPlan]
        do {
            if let chosen = try step.operation.selectedSubgraph(inference) {
                let position = plan.branches.count
                let branch = forcedBranches.flatMap { position < $0.count ? $0[position] : nil } ?? chosen
                if let subgraph = step.subgraphs[branch] {
                    plan.branches.append(branch)
                    plan.decisions.append(.branch(step, inputs: inputs, chosen: chosen))
                    return try emitInlined(subgraph, outputs, slots)
                }
            }
            if !step.subgraphs.isEmpty { return emitDynamic(step, inputs, outputs, slots) }
            outputPlans = try step.operation.inferOutputs(inference)
        } catch  where error.code == InferenceContext.valueUnknown {
            return emitDynamic(step, inputs, outputs, slots)
        }
        guard outputPlans.count >= outputs.count else {
            throw ONNXError(
                "internal.outputs", "The operator planned \(outputPlans.count) of \(outputs.count) outputs.")
        }
        if try evaluate(step, inputs, outputs, outputPlans) { return }
        emitBound(step, inputs, outputs, outputPlans)
    }

    /// Runs a step at once when all its inputs are known and its outputs are small.
    private mutating func evaluate(
        _ step: GraphProgram.Step, _ inputs: [Int], _ outputs: [Int], _ plans: [OutputPlan]
    ) throws(ONNXError) -> Bool {
        let known = inputs.map { $0 < 0 ? nil : facts[$0].value }
        let isKnown = inputs.map { $0 < 0 || facts[$0].value != nil }
        guard
            let values = try Self.knownOutputs(
                step, inputs: known, allKnown: !isKnown.contains(false), plans: plans, state: state)
        else { return false }
        for (slot, value) in zip(outputs, values) where slot >= 0 {
            facts[slot] = Fact(type: value.map { TensorType($0.elementType, $0.shape) }, value: value)
            plan.presets[slot] = value
        }
        plan.decisions.append(.evaluated(step, inputs: inputs, outputs: outputs))
        return true
    }

    /// The outputs of a step that can run before the run; nil for one that cannot, or had better not.
    static func knownOutputs(
        _ step: GraphProgram.Step, inputs: [Tensor?], allKnown: Bool, plans: [OutputPlan], state: RunState
    ) throws(ONNXError) -> [Tensor?]? {
        let allConstant = zip(plans, step.outputs).allSatisfy { plan, slot in
            if case .constant = plan.placement { return true }
            return slot < 0
        }
        if !allConstant {
            guard allKnown else { return nil }
            var total = 0
            for plan in plans {
                switch plan.placement {
                case .allocated:
                    total += try plan.type.elementType.byteCount(forElements: plan.type.shape.elementCount)
                case .view, .constant: break
                case .cache, .deferred: return nil
                }
                guard total <= Self.knownValueLimit else { return nil }
            }
        }
        return try EagerRunner.run(step, inputs: inputs, plans: plans, state: state)
    }

    private mutating func emitBound(
        _ step: GraphProgram.Step, _ inputs: [Int], _ outputs: [Int], _ plans: [OutputPlan]
    ) {
        let index = plan.steps.count
        var actions: [ExecutionPlan.OutputAction] = []
        var computes = false
        for (slot, outputPlan) in zip(outputs, plans) {
            guard slot >= 0 else {
                actions.append(.skip)
                continue
            }
            var fact = Fact(type: outputPlan.type)
            switch outputPlan.placement {
            case .allocated:
                computes = true
                allocate(&fact, index, &actions)
            case .view(let input, let byteOffset):
                if input < inputs.count, inputs[input] >= 0 {
                    fact.region = facts[inputs[input]].region
                    if let value = facts[inputs[input]].value,
                        let view = try? Tensor(
                            outputPlan.type.elementType, outputPlan.type.shape, storage: value.storage,
                            byteOffset: value.byteOffset + byteOffset)
                    {
                        fact.value = view
                    }
                }
                actions.append(.view(input: input, byteOffset: byteOffset, outputPlan.type))
            case .cache(let input):
                computes = true
                if input < inputs.count, inputs[input] >= 0, facts[inputs[input]].isCache {
                    fact.isCache = true
                    actions.append(.cache(input: input, outputPlan.type))
                } else {
                    allocate(&fact, index, &actions)
                }
            case .constant(let tensor):
                fact.value = tensor
                plan.presets[slot] = tensor
                actions.append(.skip)
            case .deferred:
                computes = true
                fact.type = nil
                actions.append(.deferred)
            }
            facts[slot] = fact
        }
        touch(inputs, index)
        plan.decisions.append(.bound(index, plans))
        plan.steps.append(
            ExecutionPlan.PlannedStep(
                step: step, inputs: inputs, outputs: outputs, kind: .bound(actions, computes: computes)))
    }

    private mutating func allocate(
        _ fact: inout Fact, _ index: Int, _ actions: inout [ExecutionPlan.OutputAction]
    ) {
        guard let type = fact.type else { return }
        let bytes = (try? type.elementType.byteCount(forElements: type.shape.elementCount)) ?? Int.max
        fact.region = regions.count
        regions.append(Region(byteCount: bytes, firstStep: index, lastStep: index))
        actions.append(.arena(offset: -1, type))
    }

    /// Keeps the buffers of these slots until step `index`.
    private mutating func touch(_ slots: [Int], _ index: Int) {
        for slot in slots where slot >= 0 {
            if let region = facts[slot].region {
                regions[region].lastStep = max(regions[region].lastStep, index)
            }
        }
    }

    /// What a dynamic step reads may live on in views, so its buffers stay to the end.
    private mutating func emitDynamic(
        _ step: GraphProgram.Step, _ inputs: [Int], _ outputs: [Int], _ slots: [Int]
    ) {
        var captures: [String: [(outer: Int, inner: Int)]] = [:]
        for (name, subgraph) in step.subgraphs {
            captures[name] = subgraph.captures.map { (outer: slots[$0.outer], inner: $0.inner) }
            touch(captures[name, default: []].map(\.outer), Int.max)
        }
        if !captures.isEmpty { plan.subgraphCaptures[plan.steps.count] = captures }
        touch(inputs, Int.max)
        for slot in outputs where slot >= 0 { facts[slot] = Fact() }
        plan.decisions.append(.dynamic(plan.steps.count))
        plan.steps.append(
            ExecutionPlan.PlannedStep(step: step, inputs: inputs, outputs: outputs, kind: .dynamic))
    }

    private mutating func emitInlined(
        _ subgraph: GraphProgram.Subprogram, _ outputs: [Int], _ slots: [Int]
    ) throws(ONNXError) {
        var inner: [Int] = []
        let captured = Dictionary(
            subgraph.captures.map { ($0.inner, slots[$0.outer]) }, uniquingKeysWith: { a, _ in a })
        for slot in 0..<subgraph.program.slotCount { inner.append(captured[slot] ?? newSlot()) }
        guard subgraph.program.outputs.count >= outputs.count else {
            throw ONNXError(
                "if.mismatch",
                "The branch gives \(subgraph.program.outputs.count) of \(outputs.count) outputs.")
        }
        try emit(subgraph.program, inner)
        for (output, slot) in zip(subgraph.program.outputs, outputs) where slot >= 0 {
            let source = inner[output.slot]
            facts[slot] = facts[source]
            plan.presets[slot] = plan.presets[source]
            plan.decisions.append(.alias(from: source, to: slot))
            if plan.presets[slot] != nil { continue }
            let index = plan.steps.count
            touch([source], index)
            let action: ExecutionPlan.OutputAction =
                facts[source].type.map { .view(input: 0, byteOffset: 0, $0) } ?? .deferred
            plan.steps.append(
                ExecutionPlan.PlannedStep(
                    step: nil, inputs: [source], outputs: [slot],
                    kind: facts[source].type == nil ? .dynamic : .bound([action], computes: false)))
        }
    }

    /// Gives each buffer its place once all uses are known.
    private mutating func placeBuffers() throws(ONNXError) {
        for (index, slot) in plan.outputSlots.enumerated() {
            guard let region = facts[slot].region else { continue }
            regions[region].lastStep = Int.max
            if regions[region].graphOutput == nil, isWholeRegion(slot, region) {
                regions[region].graphOutput = index
            }
        }
        var layout = ArenaLayout()
        var offsets = Array(repeating: -1, count: regions.count)
        var ends: [Int: [Int]] = [:]
        for (index, region) in regions.enumerated() where region.lastStep != Int.max {
            ends[region.lastStep, default: []].append(index)
        }
        var next = 0
        for index in plan.steps.indices {
            while next < regions.count, regions[next].firstStep == index {
                if regions[next].graphOutput == nil {
                    offsets[next] = try layout.allocate(
                        byteCount: regions[next].byteCount, limit: state.limits.intermediateBytes)
                }
                next += 1
            }
            for region in ends[index] ?? [] where offsets[region] >= 0 {
                layout.free(offset: offsets[region], byteCount: regions[region].byteCount)
            }
        }
        plan.arenaByteCount = layout.byteCount
        writeOffsets(offsets)
        planReleases()
    }

    private func isWholeRegion(_ slot: Int, _ region: Int) -> Bool {
        guard let type = facts[slot].type else { return false }
        return (try? type.elementType.byteCount(forElements: type.shape.elementCount))
            == regions[region].byteCount
    }

    private mutating func writeOffsets(_ offsets: [Int]) {
        var region = 0
        for index in plan.steps.indices {
            guard case .bound(var actions, let computes) = plan.steps[index].kind else { continue }
            for (position, action) in actions.enumerated() {
                guard case .arena(_, let type) = action else { continue }
                if let output = regions[region].graphOutput {
                    actions[position] = .graphOutput(output, type)
                } else {
                    actions[position] = .arena(offset: offsets[region], type)
                }
                region += 1
            }
            plan.steps[index] = ExecutionPlan.PlannedStep(
                step: plan.steps[index].step, inputs: plan.steps[index].inputs,
                outputs: plan.steps[index].outputs,
                kind: .bound(actions, computes: computes))
        }
    }

    /// Lets go of run-time tensors after their last reader.
    private mutating func planReleases() {
        var lastUse: [Int: Int] = [:]
        for (index, step) in plan.steps.enumerated() {
            for slot in step.inputs + step.outputs where slot >= 0 { lastUse[slot] = index }
            for captures in plan.subgraphCaptures[index]?.values ?? [:].values {
                for capture in captures { lastUse[capture.outer] = index }
            }
        }
        let kept = Set(plan.outputSlots)
        for (slot, index) in lastUse where !kept.contains(slot) && plan.presets[slot] == nil {
            plan.steps[index].releases.append(slot)
        }
    }
}
