// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXOperators
import ONNXTensors

/// `constant-folding`: computes at load what depends on constants alone.
///
/// Views of constants cost nothing, whatever their size. Other results are kept only within the byte limits, so that
/// weights that lie in a mapped file are not copied out of it. A node that fails stays, to fail where it is run.
struct ConstantFolding: GraphPass {
    static let name = "constant-folding"

    /// Operators whose result is not a function of their inputs.
    private static let random: Set<String> = [
        "Bernoulli", "Dropout", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform",
        "RandomUniformLike",
    ]

    private var foldedByteCount = 0

    init() {}

    mutating func apply(to graph: inout Graph, _ context: PassContext) throws(ONNXError) {
        fold(&graph, outer: [:], context, depth: 0)
    }

    /// - Parameter outer: the constants of the graphs around this one.
    private mutating func fold(
        _ graph: inout Graph, outer: [String: Tensor], _ context: PassContext, depth: Int
    ) {
        guard depth <= 32 else { return }
        var known = outer
        for input in graph.inputs { known[input.name] = nil }
        known.merge(graph.initializers) { _, inner in inner }
        var kept: [Node] = []
        for node in graph.nodes {
            var node = node
            node.mapSubgraphs { subgraph in
                var subgraph = subgraph
                fold(&subgraph, outer: known, context, depth: depth + 1)
                return subgraph
            }
            if let values = evaluate(node, known, context) {
                for (name, value) in values {
                    graph.initializers[name] = value
                    known[name] = value
                }
                continue
            }
            for output in node.outputs { known[output] = nil }
            kept.append(node)
        }
        graph.nodes = kept
    }

    /// The outputs of a node by name; nil where it is not to be folded.
    private mutating func evaluate(
        _ node: Node, _ known: [String: Tensor], _ context: PassContext
    ) -> [(String, Tensor)]? {
        guard node.inputs.allSatisfy({ $0.isEmpty || known[$0] != nil }), node.subgraphs.isEmpty,
            !Self.random.contains(node.operatorType)
        else { return nil }
        do throws(ONNXError) {
            return try compute(node, node.inputs.map { known[$0] }, context)
        } catch {
            return nil
        }
    }

    private mutating func compute(
        _ node: Node, _ inputs: [Tensor?], _ context: PassContext
    ) throws(ONNXError) -> [(String, Tensor)]? {
        let version = context.operatorSets[node.domain] ?? 1
        let operation = try context.registry.makeOperator(for: node, version: version)
        let requested = node.outputs.map { !$0.isEmpty }
        let inference = InferenceContext()
        inference.reset(
            inputs: inputs.map { $0.map { TensorType($0.elementType, $0.shape) } }, values: inputs,
            requestedOutputs: requested)
        let plans = try operation.inferOutputs(inference)
        guard plans.count >= requested.count, let byteCount = try newByteCount(plans, requested, context)
        else { return nil }
        let workByteCount = inputs.reduce(0) { $0 + ($1?.byteCount ?? 0) }
        guard byteCount == 0 || workByteCount <= 4 * context.options.foldedValueByteLimit else { return nil }

        var buffers: [Tensor?] = []
        var values: [(String, Tensor)] = []
        for (index, plan) in plans.prefix(requested.count).enumerated() {
            var buffer: Tensor?
            if requested[index] {
                let value: Tensor
                switch plan.placement {
                case .constant(let tensor): value = tensor
                case .view(let input, let byteOffset):
                    guard input < inputs.count, let source = inputs[input] else { return nil }
                    value = try Tensor(
                        plan.type.elementType, plan.type.shape, storage: source.storage,
                        byteOffset: source.byteOffset + byteOffset)
                case .allocated, .cache, .deferred:
                    value = try Tensor(allocating: plan.type.elementType, plan.type.shape)
                    buffer = value
                }
                values.append((node.outputs[index], value))
            }
            buffers.append(buffer)
        }
        if buffers.contains(where: { $0 != nil }) {
            let run = RunContext(workers: context.workers)
            run.reset(inputs: inputs, caches: [], outputs: buffers)
            try operation.run(run)
        }
        foldedByteCount += byteCount
        return values
    }

    /// Bytes of new memory that the outputs need; nil beyond the limits, or where that is not known beforehand.
    private func newByteCount(
        _ plans: [OutputPlan], _ requested: [Bool], _ context: PassContext
    ) throws(ONNXError) -> Int? {
        var total = 0
        for (index, plan) in plans.prefix(requested.count).enumerated() where requested[index] {
            switch plan.placement {
            case .constant, .view: continue
            case .cache, .deferred: return nil
            case .allocated:
                let bytes = try plan.type.elementType.byteCount(forElements: plan.type.shape.elementCount)
                guard plan.type.elementType != .string, bytes <= context.options.foldedValueByteLimit
                else { return nil }
                total += bytes
            }
        }
        return foldedByteCount + total <= context.options.foldedByteLimit ? total : nil
    }
}
