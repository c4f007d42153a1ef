// SPDX-License-Identifier: Apache-2.0
package import ONNXGraph
import ONNXTensors

/// What makes a model that runs here run slower than another export of the same network would, found without running
/// any node and without the weights.
package struct SpeedReport: Sendable {
    /// One reason, with the nodes or values that give it.
    package struct Reason: Sendable, Hashable {
        /// A stable name, such as `slow.copied_caches`.
        package let code: String
        /// What is slow, and which export would not be.
        package let message: String
        /// The first node or value of this kind.
        package let first: String
        /// How many nodes or values give this reason.
        package internal(set) var count: Int
    }

    /// In the order of the file; empty where nothing is known to be slow.
    package private(set) var reasons: [Reason] = []

    private let inputs: [ValueInfo]
    /// Values that no run changes.
    private let constants: Set<String>

    /// - Parameter externalNames: initializers whose elements lie in other files, where the graph was read without these.
    package init(_ graph: Graph, externalNames: Set<String> = []) {
        let constants = externalNames.union(graph.initializers.keys)
        self.constants = constants
        inputs = graph.inputs.filter { !constants.contains($0.name) }
        noteTypes(graph)
        noteCaches(graph)
        visit(graph, depth: 0)
    }

    private mutating func note(_ code: String, _ message: String, _ first: String) {
        if let index = reasons.firstIndex(where: { $0.code == code && $0.message == message }) {
            reasons[index].count += 1
        } else {
            reasons.append(Reason(code: code, message: message, first: first, count: 1))
        }
    }

    private mutating func noteTypes(_ graph: Graph) {
        for value in inputs + graph.outputs {
            guard case .tensor(let type, _)? = value.type, type == .float16 || type == .bfloat16 else {
                continue
            }
            note(
                "slow.half_precision",
                "Values of \(type) are widened to float32 before each operator and rounded after it; an export for the CPU has float32 values.",
                value.name)
        }
    }

    /// Caches that the graph lengthens itself, and graphs of tokens without any.
    private mutating func noteCaches(_ graph: Graph) {
        let caches = inputs.filter {
            if case .tensor(_, let dimensions?)? = $0.type { return dimensions.count == 4 }
            return false
        }
        let readByAttention = Set(
            graph.nodes.filter { $0.qualifiedType == "com.microsoft.GroupQueryAttention" }.flatMap(\.inputs))
        for cache in caches where !readByAttention.contains(cache.name) {
            note(
                "slow.copied_caches",
                "The cache is a tensor that the graph copies for each token; exports with GroupQueryAttention append in place.",
                cache.name)
        }
        guard caches.isEmpty, let ids = inputs.first(where: { $0.name == "input_ids" }),
            let logits = graph.outputs.first(where: { $0.name == "logits" })
        else { return }
        note(
            "slow.no_caches",
            "Without key/value caches between \"\(ids.name)\" and \"\(logits.name)\", each token reads the whole text again; export with past.",
            logits.name)
    }

    private mutating func visit(_ graph: Graph, depth: Int) {
        guard depth <= 32 else { return }
        var dequantized: [String: Node] = [:]
        for node in graph.nodes where node.qualifiedType == "DequantizeLinear" && isConstant(node, 0) {
            for output in node.outputs { dequantized[output] = node }
        }
        for node in graph.nodes {
            switch node.qualifiedType {
            case "com.microsoft.MatMulNBits": noteQuantizedProduct(node)
            case "MatMul", "Gemm":
                guard let source = node.inputs.compactMap({ dequantized[$0] }).first else { break }
                noteDequantized(source, node)
            case "com.microsoft.MatMulBnb4":
                note(
                    "slow.dequantized_weights",
                    "Weights of MatMulBnb4 are kept as float32, eight times their size; exports with MatMulNBits multiply them as they are.",
                    node.label)
            case "MatMulInteger", "QLinearMatMul", "com.microsoft.DynamicQuantizeMatMul",
                "com.microsoft.MatMulIntegerToFloat":
                note(
                    "slow.integer_product",
                    "\(node.operatorType) has no vectorised kernel here; exports with MatMulNBits have.",
                    node.label)
            case "Loop", "Scan":
                note(
                    "slow.loops", "The nodes of a \(node.operatorType) are planned anew in each step.",
                    node.label)
            default: break
            }
            for (_, attribute) in node.attributes.sorted(by: { $0.key < $1.key }) {
                if case .graph(let inner) = attribute { visit(inner, depth: depth + 1) }
            }
        }
    }

    private mutating func noteDequantized(_ source: Node, _ product: Node) {
        var isAlongInputs = false
        if case .int(let axis)? = source.attributes["axis"] { isAlongInputs = axis == 0 || axis == -2 }
        if source.attributes["block_size"] != nil, isAlongInputs, product.qualifiedType == "MatMul" {
            note(
                "slow.float_activations",
                "Weights behind DequantizeLinear are multiplied in float32, which takes more arithmetic than MatMulNBits of accuracy_level 4 with int8 activations.",
                product.label)
        } else {
            note(
                "slow.dequantized_weights",
                "Weights behind DequantizeLinear are multiplied as float32, four to eight times their size; exports with MatMulNBits multiply them as they are.",
                product.label)
        }
    }

    private mutating func noteQuantizedProduct(_ node: Node) {
        guard isConstant(node, 1), isConstant(node, 2) else {
            return note(
                "slow.variable_weights", "Quantised weights that are no constants are packed in each run.",
                node.label)
        }
        var level = 0
        if case .int(let value)? = node.attributes["accuracy_level"] { level = Int(value) }
        guard level < 4 else { return }
        note(
            "slow.float_activations",
            "accuracy_level \(level) asks for products in float32, which take more arithmetic than those of level 4 with int8 activations.",
            node.label)
    }

    private func isConstant(_ node: Node, _ position: Int) -> Bool {
        position < node.inputs.count && constants.contains(node.inputs[position])
    }
}
