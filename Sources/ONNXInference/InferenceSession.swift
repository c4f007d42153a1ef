// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors
import ONNXGraph
import ONNXOperators
public import ONNXTensors

/// One user of a loaded model: its intermediate memory and, for decoders, its key/value caches.
///
/// A session runs one call at a time; any number of sessions share one model.
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

    public let model: InferenceModel
    private let executor = PlanExecutor()
    private var plans: [(signature: InputSignature, plan: ExecutionPlan)] = []
    private var caches: [String: KVCache] = [:]
    private var cacheOutputs: Set<String> = []

    /// A session without caches.
    public convenience init(_ model: InferenceModel) throws(ONNXError) {
        try self.init(model, caches: [])
    }

    /// A session that owns the caches of those bindings whose operator can append in place; see
    /// ``isCached(input:)`` for which these are.
    package init(_ model: InferenceModel, caches bindings: [CacheBinding]) throws(ONNXError) {
        self.model = model
        for binding in bindings where model.program.canCache(input: binding.input, output: binding.output) {
            caches[binding.input] = try KVCache(batch: 1, heads: binding.heads, headSize: binding.headSize)
            cacheOutputs.insert(binding.output)
        }
    }

    /// Whether the session owns a cache behind this input, so that no tensor is to be given for it.
    package func isCached(input: String) -> Bool { caches[input] != nil }

    /// The bytes of all caches.
    package var cacheByteCount: Int { caches.values.reduce(0) { $0 + $1.byteCount } }

    /// Runs the model on tensors by name and gives its outputs by name.
    ///
    ///     let outputs = try session.run(["input": try Tensor([1.0 as Float, 2.0], shape: [1, 2])])
    ///
    /// - Throws: `run.input_missing`, `run.input_unknown`, `run.input_type` for inputs that do not fit the model;
    ///   `run.budget`; whatever an operator finds wrong, with the node's label.
    public func run(
        _ inputs: [String: Tensor], isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(ONNXError) -> [String: Tensor] {
        try run(inputs, cachedRows: 0, newRows: 0, valueInputs: [], isCancelled: isCancelled)
    }

    /// Runs one step of a decoder: caches hold `cachedRows` valid positions and get `newRows` more.
    ///
    /// - Parameters:
    ///   - valueInputs: inputs (small, of integers) whose values decide shapes, so that plans are made for each
    ///     value.
    ///   - branches: subgraphs to take in place of those that the inputs select; see
    ///     ``branches(_:cachedRows:valueInputs:)``.
    package func run(
        _ inputs: [String: Tensor], cachedRows: Int, newRows: Int, valueInputs: Set<String>,
        branches: [String]? = nil, isCancelled: @escaping @Sendable () -> Bool
    ) throws(ONNXError) -> [String: Tensor] {
        try model.checkFiles()
        let program = model.program
        let state = runState(isCancelled)
        var arguments = try arguments(inputs, cachedRows: cachedRows, valueInputs: valueInputs)
        for (position, input) in program.inputs.enumerated() {
            guard let cache = caches[input.info.name] else { continue }
            try cache.reserve(rows: cachedRows + newRows, keeping: cachedRows)
            arguments.caches[position] = cache
        }
        let plan = try plan(arguments, branches, state)
        let values = try executor.run(plan, inputs: arguments.tensors, caches: arguments.caches, state: state)
        var results: [String: Tensor] = [:]
        for (output, value) in zip(program.outputs, values) {
            if let value {
                results[output.info.name] = value
            } else if !cacheOutputs.contains(output.info.name) {
                throw ONNXError(
                    "graph.output_missing", "The output \"\(output.info.name)\" was not computed.")
            }
        }
        return results
    }

    /// The subgraphs that inputs of these types and values select, such as the long or the short rotary tables.
    ///
    /// A decoder whose choice changes between two steps holds stale caches: it has to run its history again.
    package func branches(
        _ inputs: [String: Tensor], cachedRows: Int, valueInputs: Set<String>
    ) throws(ONNXError) -> [String] {
        guard model.program.steps.contains(where: { !$0.subgraphs.isEmpty }) else { return [] }
        let arguments = try arguments(inputs, cachedRows: cachedRows, valueInputs: valueInputs)
        return try plan(arguments, nil, runState { false }).branches
    }

    private struct Arguments {
        var tensors: [Tensor?] = []
        var caches: [KVCache?] = []
        var types: [(type: TensorType, value: Tensor?, isCache: Bool)] = []
        var signature: [InputSignature.Input] = []
    }

    private func arguments(
        _ inputs: [String: Tensor], cachedRows: Int, valueInputs: Set<String>
    ) throws(ONNXError) -> Arguments {
        try checkNames(inputs)
        var result = Arguments()
        for input in model.program.inputs {
            result.caches.append(nil)
            if let cache = caches[input.info.name] {
                let shape = try Shape([cache.batch, cache.heads, cachedRows, cache.headSize])
                let type = TensorType(.float32, shape)
                result.tensors.append(nil)
                result.types.append((type, nil, true))
                result.signature.append(InputSignature.Input(type: type, isCache: true, value: nil))
                continue
            }
            guard let tensor = inputs[input.info.name] else {
                throw ONNXError(
                    "run.input_missing",
                    "The model needs the input \"\(input.info.name)\", which is not given.")
            }
            try check(tensor, against: input.info)
            let type = TensorType(tensor.elementType, tensor.shape)
            let byValue = valueInputs.contains(input.info.name)
            result.tensors.append(tensor)
            result.types.append((type, byValue ? tensor : nil, false))
            result.signature.append(
                InputSignature.Input(type: type, isCache: false, value: byValue ? try tensor.integers() : nil)
            )
        }
        return result
    }

    private func runState(_ isCancelled: @escaping @Sendable () -> Bool) -> RunState {
        RunState(
            workers: model.workers, intermediateByteLimit: model.options.intermediateByteLimit,
            isCancelled: isCancelled)
    }

    private func checkNames(_ inputs: [String: Tensor]) throws(ONNXError) {
        let known = Set(model.program.inputs.map(\.info.name))
        for name in inputs.keys.sorted() where !known.contains(name) {
            throw ONNXError(
                "run.input_unknown",
                "The model has no input \"\(name)\"; it has \(known.sorted().map { "\"\($0)\"" }.joined(separator: ", "))."
            )
        }
    }

    private func check(_ tensor: Tensor, against info: ValueInfo) throws(ONNXError) {
        guard case .tensor(let elementType, let dimensions)? = info.type else { return }
        var fits = tensor.elementType == elementType
        if let dimensions {
            fits = fits && dimensions.count == tensor.shape.rank
            if fits {
                for (declared, given) in zip(dimensions, tensor.shape.dimensions) {
                    if case .fixed(let length) = declared, length != given { fits = false }
                }
            }
        }
        guard fits else {
            throw ONNXError(
                "run.input_type",
                "The input \"\(info.name)\" is declared as \(info.type?.description ?? "?"); \(tensor) is given."
            )
        }
    }

    private func plan(
        _ arguments: Arguments, _ branches: [String]?, _ state: RunState
    ) throws(ONNXError) -> ExecutionPlan {
        let signature = InputSignature(inputs: arguments.signature, branches: branches)
        if let index = plans.firstIndex(where: { $0.signature == signature }) { return plans[index].plan }
        let plan = try PlanBuilder.plan(
            model.program, inputs: arguments.types, branches: branches, state: state)
        if plans.count >= 4 { plans.removeFirst() }
        plans.append((signature, plan))
        return plan
    }
}

extension GraphProgram {
    /// Whether one operator alone reads this input, can append to a cache there, and writes that output.
    func canCache(input: String, output: String) -> Bool {
        guard let inputSlot = inputs.first(where: { $0.info.name == input })?.slot,
            let outputSlot = outputs.first(where: { $0.info.name == output })?.slot
        else { return false }
        let readers = steps.filter { step in
            step.inputs.contains(inputSlot)
                || step.subgraphs.values.contains { $0.captures.contains { $0.outer == inputSlot } }
        }
        guard readers.count == 1, let reader = readers.first, reader.outputs.contains(outputSlot),
            let position = reader.inputs.firstIndex(of: inputSlot)
        else { return false }
        return reader.operation.cacheInputs.contains(position)
            && reader.inputs.filter { $0 == inputSlot }.count == 1
    }
}
