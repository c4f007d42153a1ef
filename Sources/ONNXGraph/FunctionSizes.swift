// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Computes what functions expand to, without expanding them: each function is measured once.
struct FunctionSizes {
    /// Counts that stop at a value above every limit instead of overflowing.
    struct Size {
        static let ceiling = 1 << 48
        var nodes = 0
        var names = 0

        mutating func add(_ other: Size) {
            nodes = min(Size.ceiling, nodes + other.nodes)
            names = min(Size.ceiling, names + other.names)
        }

        func times(_ count: Int) -> Size {
            let (nodes, nodesOverflow) = nodes.multipliedReportingOverflow(by: count)
            let (names, namesOverflow) = names.multipliedReportingOverflow(by: count)
            return Size(
                nodes: nodesOverflow ? Size.ceiling : min(Size.ceiling, nodes),
                names: namesOverflow ? Size.ceiling : min(Size.ceiling, names))
        }
    }

    let functions: [FunctionKey: Function]
    let limits: InliningLimits
    private var measured: [FunctionKey: (size: Size, depth: Int)] = [:]
    private var path: [FunctionKey] = []

    init(functions: [FunctionKey: Function], limits: InliningLimits) {
        self.functions = functions
        self.limits = limits
    }

    /// Checks every function, called or not, and the graph with its calls expanded.
    ///
    /// - Throws: `function.cycle`, `function.too_deep`, `function.too_large`, `function.unresolved`.
    mutating func check(_ graph: Graph) throws(ONNXError) {
        for key in functions.keys.sorted(by: { $0.label < $1.label }) { _ = try measure(key) }
        let (size, _) = try measure(graph.nodes)
        guard size.nodes <= limits.nodes, size.names <= limits.names else {
            let count = size.nodes >= Size.ceiling ? "more than \(Size.ceiling)" : "\(size.nodes)"
            throw ONNXError(
                "function.too_large",
                "With its functions inlined the graph has \(count) nodes; the limit is \(limits.nodes), with \(limits.names) names."
            )
        }
    }

    private mutating func measure(_ key: FunctionKey) throws(ONNXError) -> (size: Size, depth: Int) {
        if let known = measured[key] { return known }
        guard let function = functions[key] else { return (Size(), 0) }
        if let start = path.firstIndex(of: key) {
            let loop = (path[start...] + [key]).map(\.label).joined(separator: " → ")
            throw ONNXError("function.cycle", "Functions call each other in a loop: \(loop).")
        }
        path.append(key)
        guard path.count <= limits.callDepth else { throw tooDeep(key) }
        let (size, depth) = try measure(function.nodes)
        guard depth < limits.callDepth else { throw tooDeep(key) }
        path.removeLast()
        measured[key] = (size, depth + 1)
        return (size, depth + 1)
    }

    /// The size of nodes with their calls expanded, and the longest chain of calls among them.
    private mutating func measure(_ nodes: [Node]) throws(ONNXError) -> (size: Size, depth: Int) {
        var size = Size()
        var calls: [FunctionKey: Int] = [:]
        try tally(nodes, &size, &calls)
        var depth = 0
        for (key, count) in calls {
            let callee = try measure(key)
            depth = max(depth, callee.depth)
            size.add(callee.size.times(count))
        }
        return (size, depth)
    }

    private func tally(
        _ nodes: [Node], _ size: inout Size, _ calls: inout [FunctionKey: Int]
    ) throws(ONNXError) {
        for node in nodes {
            let key = FunctionKey(node)
            if functions[key] != nil {
                calls[key, default: 0] += 1
            } else {
                guard node.overload.isEmpty else {
                    throw ONNXError(
                        "function.unresolved",
                        "The \(node.label) calls the function \(key.label), which the file does not define.")
                }
                size.add(Size(nodes: 1))
            }
            size.add(
                Size(names: node.inputs.count + node.outputs.count + node.attributes.count))
            for subgraph in node.subgraphs {
                size.add(
                    Size(
                        names: subgraph.inputs.count + subgraph.outputs.count + subgraph.initializers.count
                            + subgraph.valueTypes.count))
                try tally(subgraph.nodes, &size, &calls)
            }
        }
    }

    private func tooDeep(_ key: FunctionKey) -> ONNXError {
        ONNXError(
            "function.too_deep",
            "Functions call functions more than \(limits.callDepth) deep, at \(key.label).")
    }
}
