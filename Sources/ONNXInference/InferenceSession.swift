// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors
import ONNXGraph
import ONNXOperators
public import ONNXTensors

/// One user of a loaded model: its intermediate memory and, for decoders, its key/value caches.
///
/// A session runs one call at a time; any number of sessions share one model. Its second run is faster than its first,
/// which plans and takes memory.
///
///     let model = try InferenceModel.load(from: "model.onnx")
///     let session = try InferenceSession(model)
///     for row in [[Float(1), 2], [3, 4]] {
///         let outputs = try session.run(["x": Tensor(row, shape: [1, 2])])
///         print(outputs.count)  // 1
///     }
///     print(session.model.outputs.count)  // 1
public final class InferenceSession {
    /// A pair of graph values that name one cache before and after a run.
    package struct CacheBinding: Sendable {
        package let input: String
        package let output: String
        package let heads: Int
        package let headSize: Int

        package init(input: String, output: String, heads: Int, headSize: Int) {
            self.input = input
            self.output = output
            self.heads = heads
            self.headSize = headSize
        }
    }

    /// The model that the session runs.
    public let model: InferenceModel
    /// Where the time of the session's runs goes, if wanted.
    package var profiler: StepProfiler?

    /// Plans made so far, kept or not.
    package private(set) var plansMade = 0

    private let resources: RunResources
    private let state: RunState
    private let arena: SharedArena
    /// By input position.
    private let caches: [KVCache?]
    private let cacheOutputs: Set<Int>
    /// The element type of the caches that the session owns: ``LoadOptions/cacheType``, or what suits the graph and the
    /// processor.
    package let cacheType: CacheType
    /// Inputs of ones whose length is the number of positions seen.
    private let lengthInputs: Set<Int>
    /// Inputs that plans depend on by value.
    private let valueInputs: Set<Int>
    private var ones: Tensor?
    private var entries: [PlanEntry] = []
    private var arguments: [Tensor?]
    private var current: BoundPlan?

    /// Plans that a session keeps.
    private static let entryLimit = 8

    /// A session without caches.
    public convenience init(_ model: InferenceModel) throws(ONNXError) {
        try self.init(model, caches: [])
    }

    /// A session that owns the caches of those bindings whose operator can append in place; see
    /// ``isCached(input:)`` for which these are. Their elements are of ``cacheType``.
    ///
    /// - Parameters:
    ///   - lengthInput: an int64 input `[1, positions]` of ones, an attention mask, that the session makes itself.
    ///   - valueInputs: inputs (small, of integers) whose values decide shapes.
    package init(
        _ model: InferenceModel, caches bindings: [CacheBinding], lengthInput: String? = nil,
        valueInputs: Set<String> = []
    ) throws(ONNXError) {
        self.model = model
        let program = model.program
        var caches: [KVCache?] = Array(repeating: nil, count: program.inputs.count)
        var outputs: Set<Int> = []
        cacheType =
            model.options.cacheType
            ?? .automatic(
                quantizesActivations: model.quantizesActivations, headSizes: bindings.map(\.headSize))
        let cacheMemory = CacheMemory()
        for binding in bindings {
            guard let format = program.cacheFormat(input: binding.input, output: binding.output),
                let input = program.inputs.firstIndex(where: { $0.info.name == binding.input }),
                let output = program.outputs.firstIndex(where: { $0.info.name == binding.output })
            else { continue }
            caches[input] = try KVCache(
                batch: 1, heads: binding.heads, headSize: binding.headSize, type: cacheType, format: format,
                memory: cacheMemory)
            outputs.insert(output)
        }
        self.caches = caches
        cacheOutputs = outputs
        let names = program.inputs.map(\.info.name)
        lengthInputs = Set(names.indices.filter { names[$0] == lengthInput })
        self.valueInputs = Set(names.indices.filter { valueInputs.contains(names[$0]) })
        arguments = Array(repeating: nil, count: names.count)
        resources = RunResources(
            workers: model.workers, loopStepLimit: model.options.loopStepLimit,
            scratchByteLimit: model.options.intermediateByteLimit)
        state = RunState(
            workers: model.workers, limits: RunLimits(model.options), isCancelled: { false })
        arena = try SharedArena()
    }

    /// Whether the session owns a cache behind this input, so that no tensor is to be given for it.
    package func isCached(input: String) -> Bool {
        position(ofInput: input).map { caches[$0] != nil } ?? false
    }

    /// The position of an input of this name.
    package func position(ofInput name: String) -> Int? {
        model.program.inputs.firstIndex { $0.info.name == name }
    }

    /// The position of an output of this name.
    package func position(ofOutput name: String) -> Int? {
        model.program.outputs.firstIndex { $0.info.name == name }
    }

    /// The number of inputs that a run may be given, caches included.
    package var inputCount: Int { caches.count }

    /// Makes room in the caches for `rows` positions at once, keeping the first `validRows`: a long prompt that comes in
    /// parts would make them grow several times. Caches of a sliding window stay as they are.
    package func reserve(rows: Int, keeping validRows: Int) throws(ONNXError) {
        for cache in caches where cache?.format.window == nil {
            try cache?.reserve(rows: rows, keeping: validRows)
        }
    }

    /// Whether the caches can serve a run with `count` valid positions: windowed ones drop what lies too far back.
    package func canRewind(to count: Int) -> Bool {
        count == 0 || caches.allSatisfy { $0?.serves(queryAt: count) ?? true }
    }

    /// The bytes kept for intermediate values, which all runs use in turn.
    package var arenaByteCount: Int { arena.storage.byteCount }

    /// Takes over the first `rows` positions of the caches of another session of the same model.
    ///
    /// - Parameter commonRows: positions from the first on that are the same in both already.
    package func takeCaches(
        of other: InferenceSession, rows: Int, sharing commonRows: Int
    ) throws(ONNXError) {
        for (mine, theirs) in zip(caches, other.caches) {
            if let mine, let theirs { try mine.take(rows, of: theirs, sharing: commonRows) }
        }
    }

    /// The bytes of all caches.
    package var cacheByteCount: Int { caches.reduce(0) { $0 + ($1?.byteCount ?? 0) } }

    /// Runs the model on tensors by name and gives its outputs by name.
    ///
    ///     let outputs = try session.run(["x": Tensor([Float(1), 2], shape: [1, 2])])
    ///     print(try outputs["y"]?.values(as: Float.self) ?? [])  // [3.0]
    ///
    /// - Parameter isCancelled: asked between nodes, from the thread that runs; true ends the run with `run.cancelled`.
    /// - Throws: `run.input_missing`, `run.input_unknown`, `run.input_type`, `run.input_rank`, `run.input_shape` for
    ///   inputs that do not fit the model, the last also where a symbolic dimension, such as `batch`, has two lengths;
    ///   `run.budget`, `run.too_many_nodes`, `run.steps`; whatever an operator finds wrong, with the node's label.
    public func run(
        _ inputs: [String: Tensor], isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(ONNXError) -> [String: Tensor] {
        try InputCheck.check(inputs, against: model.program.inputs.map(\.info)) { isCached(input: $0) }
        try run(
            model.program.inputs.map { inputs[$0.info.name] }, cachedRows: 0, newRows: 0,
            isCancelled: isCancelled)
        var results: [String: Tensor] = [:]
        for (index, output) in model.program.outputs.enumerated() where !cacheOutputs.contains(index) {
            results[output.info.name] = try self.output(index)
        }
        return results
    }

    /// Runs one step of a decoder: caches hold `cachedRows` valid positions and get `newRows` more.
    ///
    /// The outputs are there until the next run; see ``output(_:)``.
    ///
    /// - Parameters:
    ///   - inputs: by position; nil for caches and for the length input.
    ///   - branches: subgraphs to take in place of those that the inputs select; see
    ///     ``branches(_:cachedRows:newRows:)``.
    ///   - fillsCachesAlone: whether the outputs are not asked for, so that steps which lead to them alone are left out.
    package func run(
        _ inputs: [Tensor?], cachedRows: Int, newRows: Int, branches: [String]? = nil,
        fillsCachesAlone: Bool = false,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws(ONNXError) {
        current = nil
        try model.checkFiles()
        state.reset(isCancelled: isCancelled)
        resources.isCancelled = isCancelled
        for cache in caches { try cache?.reserve(rows: cachedRows + newRows, keeping: cachedRows) }
        let (entry, values) = try entry(inputs, cachedRows, newRows, branches)
        profiler?.cachedRows = cachedRows + newRows
        for index in arguments.indices {
            if !lengthInputs.contains(index) {
                arguments[index] = inputs[index]
            } else if entry.bound.readsInput[index] {
                arguments[index] = try mask(cachedRows + newRows)
            }
        }
        defer { for index in arguments.indices { arguments[index] = nil } }
        try entry.bound.run(
            arguments, values, fillsCachesAlone: fillsCachesAlone, state: state, profiler: profiler)
        if !fillsCachesAlone { current = entry.bound }
    }

    /// An output of the last run.
    ///
    /// - Throws: `graph.output_missing` when there is none, as after a run that failed or for a cache.
    package func output(_ position: Int) throws(ONNXError) -> Tensor {
        guard let value = try current?.output(position) else {
            let name = model.program.outputs[position].info.name
            throw ONNXError("graph.output_missing", "The output \"\(name)\" was not computed.")
        }
        return value
    }

    /// The subgraphs that inputs of these types and values select, such as the long or the short rotary tables.
    ///
    /// A decoder whose choice changes between two steps holds stale caches: it has to run its history again.
    package func branches(
        _ inputs: [Tensor?], cachedRows: Int, newRows: Int
    ) throws(ONNXError) -> [String] {
        guard model.program.hasSubgraphs else { return [] }
        state.reset(isCancelled: { false })
        return try entry(inputs, cachedRows, newRows, nil).entry.plan.branches
    }

    /// The plan for a run, one that is kept or a new one, and the values that depend on the length.
    private func entry(
        _ inputs: [Tensor?], _ cachedRows: Int, _ newRows: Int, _ branches: [String]?
    ) throws(ONNXError) -> (entry: PlanEntry, values: [Tensor]) {
        var sibling: Int?
        for (index, entry) in entries.enumerated() {
            guard entry.fits(inputs, newRows: newRows, branches: branches) else { continue }
            let values = try entry.values(cachedRows: cachedRows, state: state) {
                (length: Int) throws(ONNXError) in try growingInputs(length, newRows)
            }
            if let values {
                if index > 0 { entries.insert(entries.remove(at: index), at: 0) }
                return (entry, values)
            }
            if sibling == nil, entry.growth == nil { sibling = index }
        }
        var inputCheck = InputCheck()
        for (tensor, input) in zip(inputs, model.program.inputs) {
            if let tensor { try inputCheck.check(tensor, against: input.info) }
        }
        plansMade += 1
        let plan = try PlanBuilder.plan(
            model.program, inputs: facts(inputs, cachedRows, newRows), branches: branches, state: state)
        var growth: PlanGrowth?
        if let sibling {
            let slots = growingPositions.map { plan.inputSlots[$0] }
            growth = PlanGrowth(entries[sibling].plan, plan, inputs: slots)
            if growth != nil { entries.remove(at: sibling) }
        }
        let bound = BoundPlan(
            plan, caches: caches, changing: growth?.slots ?? [], resources: resources, arena: arena)
        let entry = try PlanEntry(
            plan, bound: bound, growth: growth, arguments: inputs, valueInputs: valueInputs,
            cachedRows: cachedRows, newRows: newRows, branches: branches)
        if entries.count >= Self.entryLimit { entries.removeLast() }
        entries.insert(entry, at: 0)
        let values = try entry.values(cachedRows: cachedRows, state: state) {
            (length: Int) throws(ONNXError) in try growingInputs(length, newRows)
        }
        guard let values else {
            throw ONNXError("internal.plan", "A plan does not hold for the inputs that it was made for.")
        }
        return (entry, values)
    }

    private var growingPositions: [Int] {
        caches.indices.filter { caches[$0] != nil || lengthInputs.contains($0) }
    }

    /// Types and known elements of the inputs for a plan.
    private func facts(
        _ inputs: [Tensor?], _ cachedRows: Int, _ newRows: Int
    ) throws(ONNXError) -> [(type: TensorType, value: Tensor?, isCache: Bool)] {
        var result: [(type: TensorType, value: Tensor?, isCache: Bool)] = []
        for index in inputs.indices {
            if let cache = caches[index] {
                result.append((try cacheType(cache, cachedRows), nil, true))
                continue
            }
            let isLength = lengthInputs.contains(index)
            guard let tensor = isLength ? try mask(cachedRows + newRows) : inputs[index] else {
                throw ONNXError(
                    "run.input_missing",
                    "The model needs the input \"\(model.program.inputs[index].info.name)\", which is not given."
                )
            }
            let isKnown = isLength || valueInputs.contains(index)
            result.append(
                (TensorType(tensor.elementType, tensor.shape), isKnown ? tensor : nil, false))
        }
        return result
    }

    /// The inputs that differ with the number of cached rows, by slot of a plan.
    private func growingInputs(
        _ cachedRows: Int, _ newRows: Int
    ) throws(ONNXError) -> [Int: (type: TensorType, value: Tensor?)] {
        guard let slots = entries.first?.plan.inputSlots else { return [:] }
        var result: [Int: (type: TensorType, value: Tensor?)] = [:]
        for index in growingPositions {
            if let cache = caches[index] {
                result[slots[index]] = (try cacheType(cache, cachedRows), nil)
            } else {
                let mask = try mask(cachedRows + newRows)
                result[slots[index]] = (TensorType(mask.elementType, mask.shape), mask)
            }
        }
        return result
    }

    private func cacheType(_ cache: KVCache, _ rows: Int) throws(ONNXError) -> TensorType {
        TensorType(.float32, try Shape([cache.batch, cache.heads, rows, cache.headSize]))
    }

    /// Ones `[1, length]`.
    private func mask(_ length: Int) throws(ONNXError) -> Tensor {
        if let ones, ones.shape.elementCount >= length {
            return try Tensor(.int64, Shape([1, length]), storage: ones.storage)
        }
        let capacity = max(256, length + length / 2)
        let grown = try Tensor([Int64](repeating: 1, count: capacity), shape: [1, capacity])
        ones = grown
        return try Tensor(.int64, Shape([1, length]), storage: grown.storage)
    }
}

extension GraphProgram {
    /// Whether any step has a subgraph. By index: asked before each token, which a copy of each step would show.
    var hasSubgraphs: Bool { steps.indices.contains { !steps[$0].subgraphs.isEmpty } }

    /// The format of a cache behind this input; nil unless one operator alone reads the input, can append to a cache
    /// there, and writes that output.
    func cacheFormat(input: String, output: String) -> KVCache.Format? {
        guard let inputSlot = inputs.first(where: { $0.info.name == input })?.slot,
            let outputSlot = outputs.first(where: { $0.info.name == output })?.slot
        else { return nil }
        let readers = steps.filter { step in
            step.inputs.contains(inputSlot)
                || step.subgraphs.values.contains { $0.captures.contains { $0.outer == inputSlot } }
        }
        guard readers.count == 1, let reader = readers.first, reader.outputs.contains(outputSlot),
            let position = reader.inputs.firstIndex(of: inputSlot)
        else { return nil }
        guard reader.inputs.filter({ $0 == inputSlot }).count == 1 else { return nil }
        return reader.operation.cacheInputs[position]
    }
}
