// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Replaces calls of functions by their nodes; sizes and loops have been checked before.
struct FunctionInliner {
    private let functions: [FunctionKey: Function]
    /// The model's operator sets, and those that only functions use.
    private(set) var operatorSets: [String: Int]
    private var takenNames: Set<String>
    private var counter = 0

    init(functions: [FunctionKey: Function], model: Model) {
        self.functions = functions
        self.operatorSets = model.operatorSets
        self.takenNames = functions.isEmpty ? [] : model.graph.allNames
    }

    /// The graph with the calls in it and in its subgraphs expanded.
    ///
    /// - Throws: `function.arity`, `function.opset`, `attr.missing`, `graph.undefined_value`.
    mutating func expand(_ graph: Graph) throws(ONNXError) -> Graph {
        if functions.isEmpty { return graph }
        var result = graph
        result.nodes = []
        result.nodes.reserveCapacity(graph.nodes.count)
        for node in graph.nodes { try expand(node, into: &result.nodes) }
        return result
    }

    private mutating func expand(_ node: Node, into nodes: inout [Node]) throws(ONNXError) {
        guard let function = functions[FunctionKey(node)] else {
            var node = node
            try node.mapSubgraphs { (graph) throws(ONNXError) -> Graph in try expand(graph) }
            nodes.append(node)
            return
        }
        do throws(ONNXError) {
            try importOperatorSets(of: function)
            let prefix = node.name.isEmpty ? function.name : node.name
            var names = try bind(function, to: node, prefix: prefix)
            for inner in function.nodes {
                for output in inner.outputs where !output.isEmpty && names.values[output] == nil {
                    names.values[output] = fresh(prefix, output)
                }
            }
            let attributes = try attributes(of: function, call: node)
            for inner in function.nodes {
                var copy = try rename(inner, names.values, attributes, prefix)
                copy.name = fresh(prefix, inner.name.isEmpty ? inner.operatorType : inner.name)
                try expand(copy, into: &nodes)
            }
            for output in names.copies {
                nodes.append(
                    Node(operatorType: "Identity", inputs: [output.source], outputs: [output.target]))
            }
        } catch {
            throw error.adding(node.label)
        }
    }

    private struct Binding {
        /// Names in the body → names in the graph.
        var values: [String: String] = [:]
        /// Outputs that are an input or another output under a second name.
        var copies: [(source: String, target: String)] = []
    }

    private mutating func bind(
        _ function: Function, to node: Node, prefix: String
    ) throws(ONNXError) -> Binding {
        guard node.inputs.count <= function.inputs.count, node.outputs.count <= function.outputs.count else {
            throw ONNXError(
                "function.arity",
                "The call has \(node.inputs.count) inputs and \(node.outputs.count) outputs; the function \"\(function.qualifiedName)\" has \(function.inputs.count) and \(function.outputs.count)."
            )
        }
        var binding = Binding()
        for (index, formal) in function.inputs.enumerated() {
            binding.values[formal] = index < node.inputs.count ? node.inputs[index] : ""
        }
        for (index, formal) in function.outputs.enumerated() {
            let actual = index < node.outputs.count ? node.outputs[index] : ""
            if let source = binding.values[formal] {
                if !actual.isEmpty { binding.copies.append((source, actual)) }
            } else {
                binding.values[formal] = actual.isEmpty ? fresh(prefix, formal) : actual
            }
        }
        return binding
    }

    private func attributes(
        of function: Function, call node: Node
    ) throws(ONNXError) -> [String: Attribute] {
        for name in function.requiredAttributes where node.attributes[name] == nil {
            throw ONNXError(
                "attr.missing",
                "The call lacks the attribute \"\(name)\" of the function \"\(function.qualifiedName)\".")
        }
        return function.defaultAttributes.merging(node.attributes) { _, call in call }
    }

    private mutating func importOperatorSets(of function: Function) throws(ONNXError) {
        for domain in function.nodes.domains.sorted() {
            guard let version = function.operatorSets[domain] else { continue }
            guard let present = operatorSets[domain] else {
                operatorSets[domain] = version
                continue
            }
            guard present == version else {
                throw ONNXError(
                    "function.opset",
                    "The function \"\(function.qualifiedName)\" uses version \(version) of the operators of \"\(domain)\", the model version \(present)."
                )
            }
        }
    }
}

extension FunctionInliner {
    /// Names longer than this are not carried over, so that names cannot grow with the depth of calls.
    private static let nameLimit = 160

    private mutating func rename(
        _ node: Node, _ names: [String: String], _ attributes: [String: Attribute], _ prefix: String
    ) throws(ONNXError) -> Node {
        var copy = node
        copy.inputs = []
        for input in node.inputs { copy.inputs.append(try renamed(input, names, in: node)) }
        copy.outputs = node.outputs.map { $0.isEmpty ? "" : names[$0] ?? $0 }
        for (name, value) in node.attributes {
            if case .reference(let target) = value { copy.attributes[name] = attributes[target] }
        }
        try copy.mapSubgraphs { (graph) throws(ONNXError) -> Graph in
            try rename(graph, names, attributes, prefix)
        }
        return copy
    }

    private mutating func rename(
        _ graph: Graph, _ outer: [String: String], _ attributes: [String: Attribute], _ prefix: String
    ) throws(ONNXError) -> Graph {
        var names = outer
        for name in graph.definedNames where !name.isEmpty { names[name] = fresh(prefix, name) }
        var copy = graph
        copy.inputs = graph.inputs.map { ValueInfo(name: names[$0.name] ?? $0.name, type: $0.type) }
        copy.initializers = [:]
        for (name, tensor) in graph.initializers { copy.initializers[names[name] ?? name] = tensor }
        copy.valueTypes = [:]
        for (name, type) in graph.valueTypes { copy.valueTypes[names[name] ?? name] = type }
        copy.nodes = []
        for node in graph.nodes { copy.nodes.append(try rename(node, names, attributes, prefix)) }
        copy.outputs = graph.outputs.map { ValueInfo(name: names[$0.name] ?? $0.name, type: $0.type) }
        return copy
    }

    private func renamed(
        _ name: String, _ names: [String: String], in node: Node
    ) throws(ONNXError) -> String {
        if name.isEmpty { return "" }
        guard let new = names[name] else {
            throw ONNXError(
                "graph.undefined_value",
                "In a function's body the \(node.label) reads \"\(name)\", which the body does not define.")
        }
        return new
    }

    private mutating func fresh(_ prefix: String, _ name: String) -> String {
        let place = prefix.utf8.count > FunctionInliner.nameLimit ? "inlined" : prefix
        let base = name.utf8.count > FunctionInliner.nameLimit ? "value" : name
        var candidate = "\(place)/\(base)"
        while !takenNames.insert(candidate).inserted {
            counter += 1
            candidate = "\(place)/\(base)#\(counter)"
        }
        return candidate
    }
}

extension [Node] {
    /// The domains of the operators in the nodes and their subgraphs.
    fileprivate var domains: Set<String> {
        var domains: Set<String> = []
        for node in self {
            domains.insert(node.domain)
            for subgraph in node.subgraphs { domains.formUnion(subgraph.nodes.domains) }
        }
        return domains
    }
}

extension Graph {
    /// The names of all values in the graph and its subgraphs.
    fileprivate var allNames: Set<String> {
        var names = definedNames
        for node in nodes {
            names.formUnion(node.inputs)
            for subgraph in node.subgraphs { names.formUnion(subgraph.allNames) }
        }
        return names
    }
}
