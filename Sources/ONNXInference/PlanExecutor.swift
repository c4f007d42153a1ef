// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXOperators
import ONNXTensors

/// Runs plans; keeps the arena and the buffers of graph outputs from run to run.
final class PlanExecutor {
    private var arena: HeapStorage?
    private var outputBuffers: [HeapStorage?] = []
    private var context: RunContext?

    /// The values of the plan's outputs.
    ///
    /// - Parameters:
    ///   - inputs: by input position; nil where the input is a cache.
    ///   - caches: by input position.
    func run(
        _ plan: ExecutionPlan, inputs: [Tensor?], caches: [KVCache?], state: RunState
    ) throws(ONNXError) -> [Tensor?] {
        let arena = try arena(byteCount: plan.arenaByteCount)
        let context = RunContext(workers: state.workers, isCancelled: state.isCancelled)
        var values = plan.presets
        var cacheValues: [KVCache?] = Array(repeating: nil, count: values.count)
        for (position, slot) in plan.inputSlots.enumerated() {
            values[slot] = inputs[position]
            cacheValues[slot] = caches[position]
        }
        if outputBuffers.count < plan.outputSlots.count {
            outputBuffers += Array(repeating: nil, count: plan.outputSlots.count - outputBuffers.count)
        }
        for (index, step) in plan.steps.enumerated() {
            try state.checkCancellation()
            do {
                switch step.kind {
                case .bound(let actions, let computes):
                    try runBound(step, actions, computes, arena, context, &values, &cacheValues)
                case .dynamic:
                    try runDynamic(step, plan.subgraphCaptures[index] ?? [:], state, &values)
                }
            } catch {
                throw step.step.map { error.adding($0.label) } ?? error
            }
            for slot in step.releases { values[slot] = nil }
        }
        return plan.outputSlots.map { values[$0] }
    }

    private func runBound(
        _ planned: ExecutionPlan.PlannedStep, _ actions: [ExecutionPlan.OutputAction], _ computes: Bool,
        _ arena: HeapStorage, _ context: RunContext, _ values: inout [Tensor?], _ caches: inout [KVCache?]
    ) throws(ONNXError) {
        var outputs: [Tensor?] = []
        for (position, action) in actions.enumerated() {
            let slot = planned.outputs[position]
            switch action {
            case .skip, .deferred: outputs.append(nil)
            case .arena(let offset, let type):
                outputs.append(try Tensor(type.elementType, type.shape, storage: arena, byteOffset: offset))
            case .graphOutput(let index, let type):
                outputs.append(
                    try Tensor(type.elementType, type.shape, storage: outputBuffer(index, byteCount(type))))
            case .view(let input, let byteOffset, let type):
                guard let source = values[planned.inputs[input]] else {
                    if caches[planned.inputs[input]] != nil {
                        caches[slot] = caches[planned.inputs[input]]
                        outputs.append(nil)
                        continue
                    }
                    throw ONNXError("internal.view", "The source of a view has no value.")
                }
                values[slot] = try Tensor(
                    type.elementType, type.shape, storage: source.storage,
                    byteOffset: source.byteOffset + byteOffset)
                outputs.append(nil)
            case .cache(let input, _):
                caches[slot] = caches[planned.inputs[input]]
                outputs.append(nil)
            }
        }
        guard computes, let step = planned.step else { return }
        context.reset(
            inputs: planned.inputs.map { $0 < 0 ? nil : values[$0] },
            caches: planned.inputs.map { $0 < 0 ? nil : caches[$0] }, outputs: outputs)
        try step.operation.run(context)
        for (position, output) in context.outputs.enumerated() {
            if let output, planned.outputs[position] >= 0 { values[planned.outputs[position]] = output }
        }
    }

    private func runDynamic(
        _ planned: ExecutionPlan.PlannedStep, _ captures: [String: [(outer: Int, inner: Int)]],
        _ state: RunState,
        _ values: inout [Tensor?]
    ) throws(ONNXError) {
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

    private func byteCount(_ type: TensorType) throws(ONNXError) -> Int {
        try type.elementType.byteCount(forElements: type.shape.elementCount)
    }

    private func arena(byteCount: Int) throws(ONNXError) -> HeapStorage {
        if let arena, arena.byteCount >= byteCount { return arena }
        arena = nil
        let storage = try HeapStorage(byteCount: byteCount)
        arena = storage
        return storage
    }

    /// The buffer of a graph output: last run's, unless its tensor is still held by somebody.
    private func outputBuffer(_ index: Int, _ byteCount: Int) throws(ONNXError) -> HeapStorage {
        if let current = outputBuffers[index], current.byteCount >= byteCount {
            outputBuffers[index] = nil
            var candidate = current
            let isFree = isKnownUniquelyReferenced(&candidate)
            if isFree {
                outputBuffers[index] = candidate
                return candidate
            }
        }
        let storage = try HeapStorage(byteCount: byteCount)
        outputBuffers[index] = storage
        return storage
    }
}
