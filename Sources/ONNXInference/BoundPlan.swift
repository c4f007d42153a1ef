// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXOperators
import ONNXTensors

/// A plan with memory: each step's inputs and outputs stand ready, so that a run allocates nothing, looks up no name
/// and repeats no check that the plan has made.
///
/// What a run brings along, the inputs and the values that depend on the length, is put in place at its start.
final class BoundPlan {
    let plan: ExecutionPlan
    private let resources: RunResources
    private let arena: SharedArena
    private let caches: [KVCache?]
    /// Slots that hold another value in each run.
    private let changing: [Int]

    private var boundArena: HeapStorage?
    private var steps: [BoundStep] = []
    private var values: [Tensor?] = []
    /// By position of the graph output; nil where steps do not write to a buffer of its own.
    private var buffers: [OutputBuffer?] = []
    private var outputWriters: [OutputWriter] = []

    /// The step output that writes a graph output.
    private struct OutputWriter {
        let output: Int
        let step: Int
        let position: Int
        let slot: Int
        let type: TensorType
        let byteCount: Int
    }

    /// - Parameters:
    ///   - caches: by input position.
    ///   - changing: slots beyond the inputs whose values come with each run.
    init(
        _ plan: ExecutionPlan, caches: [KVCache?], changing: [Int], resources: RunResources,
        arena: SharedArena
    ) {
        self.plan = plan
        self.caches = caches
        self.changing = changing
        self.resources = resources
        self.arena = arena
    }

    /// Whether a run reads the tensor of this input; if not, what it holds makes no difference.
    private(set) lazy var readsInput: [Bool] = plan.inputSlots.map { slot in
        plan.steps.contains { $0.inputs.contains(slot) } || plan.outputSlots.contains(slot)
            || plan.subgraphCaptures.values.contains { captures in
                captures.values.contains { $0.contains { $0.outer == slot } }
            }
    }

    /// Steps up to the last that appends to a cache.
    private lazy var stepsOfCaches: Int = {
        let last = plan.steps.lastIndex { planned in
            guard case .bound(let actions, _) = planned.kind else { return false }
            return actions.contains { if case .cache = $0 { true } else { false } }
        }
        return last.map { $0 + 1 } ?? plan.steps.count
    }()

    /// Runs all steps, or those that caches need.
    ///
    /// - Parameters:
    ///   - inputs: by input position; nil where the input is a cache.
    ///   - changed: the values of the slots that change, in their order.
    func run(
        _ inputs: [Tensor?], _ changed: [Tensor], fillsCachesAlone: Bool = false, state: RunState,
        profiler: StepProfiler? = nil
    ) throws(ONNXError) {
        let storage = try arena.storage(byteCount: plan.arenaByteCount)
        if boundArena !== storage { try bind(storage) }
        for (position, slot) in plan.inputSlots.enumerated() { values[slot] = inputs[position] }
        for (index, slot) in changing.enumerated() { values[slot] = changed[index] }
        try renewOutputs()
        let end = fillsCachesAlone ? stepsOfCaches : steps.count
        for step in steps[end...] { release(step) }
        for index in 0..<end {
            try state.checkCancellation()
            do throws(ONNXError) {
                if let profiler {
                    try profiler.measure(steps[index]) { () throws(ONNXError) in try run(index, state) }
                } else {
                    try run(index, state)
                }
            } catch {
                throw steps[index].planned.step.map { error.adding($0.label) } ?? error
            }
        }
    }

    /// The value of a graph output after a run; nil where it is a cache.
    func output(_ position: Int) throws(ONNXError) -> Tensor? {
        guard let value = values[plan.outputSlots[position]] else { return nil }
        // What the next run may write is lent.
        for case let buffer? in buffers where buffer.storage === value.storage {
            return try buffer.result(
                TensorType(value.elementType, value.shape), byteOffset: value.byteOffset)
        }
        return value
    }

    private func run(_ index: Int, _ state: RunState) throws(ONNXError) {
        let step = steps[index]
        if step.isDynamic {
            try runDynamic(step, plan.subgraphCaptures[index] ?? [:], state)
        } else {
            for view in step.views { try place(view) }
            if let context = step.context, let operation = step.operation {
                for input in step.rebound { context.setInput(input.position, values[input.slot]) }
                try operation.run(context)
                for output in step.deferred {
                    values[output.slot] = context.outputs[output.position]
                    context.setBuffer(output.position, nil)
                }
            }
        }
        release(step)
    }

    private func release(_ step: BoundStep) {
        for slot in step.releases { values[slot] = nil }
    }

    private func place(_ view: BoundStep.View) throws(ONNXError) {
        guard let source = values[view.source] else {
            throw ONNXError("internal.view", "The source of a view has no value.")
        }
        values[view.slot] = try Tensor(
            view.type.elementType, view.type.shape, storage: source.storage,
            byteOffset: source.byteOffset + view.byteOffset)
    }

    private func runDynamic(
        _ bound: BoundStep, _ captures: [String: [(outer: Int, inner: Int)]], _ state: RunState
    ) throws(ONNXError) {
        let planned = bound.planned
        guard let step = planned.step else {
            if let source = planned.inputs.first, let target = planned.outputs.first {
                values[target] = values[source]
            }
            return
        }
        let current = values
        let outputs = try EagerRunner.run(
            step, inputs: planned.inputs.map { $0 < 0 ? nil : current[$0] }, state: state,
            captured: { (name: String) throws(ONNXError) in
                try EagerRunner.captureValues(captures[name] ?? [], current)
            })
        for (slot, value) in zip(planned.outputs, outputs) where slot >= 0 { values[slot] = value }
    }

    private func renewOutputs() throws(ONNXError) {
        for writer in outputWriters {
            if buffers[writer.output] == nil {
                buffers[writer.output] = try OutputBuffer(byteCount: writer.byteCount)
            } else if try buffers[writer.output]?.renew(byteCount: writer.byteCount) == false {
                continue
            }
            guard let storage = buffers[writer.output]?.storage else { continue }
            let tensor = try Tensor(writer.type.elementType, writer.type.shape, storage: storage)
            values[writer.slot] = tensor
            steps[writer.step].context?.setBuffer(writer.position, tensor)
        }
    }

    /// Puts everything in place that stays from run to run.
    private func bind(_ storage: HeapStorage) throws(ONNXError) {
        boundArena = nil
        values = plan.presets
        steps = []
        outputWriters = []
        buffers = Array(repeating: nil, count: plan.outputSlots.count)
        var cacheValues: [KVCache?] = Array(repeating: nil, count: values.count)
        var isRebound = Array(repeating: false, count: values.count)
        for (position, slot) in plan.inputSlots.enumerated() {
            cacheValues[slot] = caches[position]
            isRebound[slot] = true
        }
        for slot in changing { isRebound[slot] = true }
        // Tensors that a run makes, which must not outlive their last reader.
        var isMade = Array(repeating: false, count: values.count)
        for planned in plan.steps {
            try bind(planned, storage, &cacheValues, &isRebound, &isMade)
        }
        boundArena = storage
    }

    private func bind(
        _ planned: ExecutionPlan.PlannedStep, _ storage: HeapStorage, _ cacheValues: inout [KVCache?],
        _ isRebound: inout [Bool], _ isMade: inout [Bool]
    ) throws(ONNXError) {
        guard case .bound(let actions, let computes) = planned.kind else {
            for slot in planned.outputs where slot >= 0 {
                isRebound[slot] = true
                isMade[slot] = true
            }
            let step = BoundStep(planned: planned, context: nil)
            step.releases = planned.releases.filter { isMade[$0] }
            steps.append(step)
            return
        }
        let step = BoundStep(
            planned: planned, context: computes && planned.step != nil ? RunContext(resources) : nil)
        var outputs: [Tensor?] = []
        for (position, action) in actions.enumerated() {
            let slot = planned.outputs[position]
            var buffer: Tensor?
            switch action {
            case .skip: break
            case .deferred:
                step.deferred.append((position, slot))
                isRebound[slot] = true
                isMade[slot] = true
            case .arena(let offset, let type):
                buffer = try Tensor(type.elementType, type.shape, storage: storage, byteOffset: offset)
                values[slot] = buffer
            case .graphOutput(let index, let type):
                let byteCount = try type.elementType.byteCount(forElements: type.shape.elementCount)
                outputWriters.append(
                    OutputWriter(
                        output: index, step: steps.count, position: position, slot: slot, type: type,
                        byteCount: byteCount))
                isRebound[slot] = true
            case .view(let input, let byteOffset, let type):
                let source = planned.inputs[input]
                if cacheValues[source] != nil {
                    cacheValues[slot] = cacheValues[source]
                } else if !isRebound[slot] {
                    let view = BoundStep.View(
                        slot: slot, source: source, byteOffset: byteOffset, type: type)
                    if isRebound[source] {
                        step.views.append(view)
                        isRebound[slot] = true
                        isMade[slot] = isMade[source]
                    } else {
                        try place(view)
                    }
                }
            case .cache(let input, _): cacheValues[slot] = cacheValues[planned.inputs[input]]
            }
            outputs.append(buffer)
        }
        for (position, slot) in planned.inputs.enumerated() where slot >= 0 && isRebound[slot] {
            step.rebound.append((position, slot))
        }
        step.releases = planned.releases.filter { isMade[$0] }
        step.context?.reset(
            inputs: planned.inputs.map { $0 < 0 ? nil : values[$0] },
            caches: planned.inputs.map { $0 < 0 ? nil : cacheValues[$0] }, outputs: outputs)
        steps.append(step)
    }
}
