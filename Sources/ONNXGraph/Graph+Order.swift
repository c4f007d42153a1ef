// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

extension Graph {
    /// The graph and its subgraphs with every node after the nodes whose values it reads, also those that its own
    /// subgraphs read.
    ///
    /// Nodes that are in order already keep their places; a node that comes too early moves behind the last node
    /// that it needs.
    ///
    /// - Throws: `graph.cycle` with the nodes of the loop.
    /// - Complexity: linear in nodes and values, times the depth of subgraphs.
    package func topologicallySorted() throws(ONNXError) -> Graph { try sorted(findsCaptures: false).graph }

    /// The names that the graph reads from the graphs around it.
    ///
    /// - Complexity: linear in nodes and values, times the depth of subgraphs.
    package var capturedNames: Set<String> {
        var reads: Set<String> = Set(outputs.map(\.name))
        for node in nodes {
            reads.formUnion(node.inputs)
            for subgraph in node.subgraphs { reads.formUnion(subgraph.capturedNames) }
        }
        return reads.subtracting(definedNames)
    }

    /// The names that the graph itself gives a value, and the empty one.
    package var definedNames: Set<String> {
        var names: Set<String> = [""]
        names.formUnion(inputs.map(\.name))
        names.formUnion(initializers.keys)
        for node in nodes { names.formUnion(node.outputs) }
        return names
    }

    private func sorted(
        findsCaptures: Bool
    ) throws(ONNXError) -> (graph: Graph, captured: Set<String>) {
        var graph = self
        var reads: [[String]] = []
        reads.reserveCapacity(nodes.count)
        var allReads: Set<String> = Set(outputs.map(\.name))
        for index in nodes.indices {
            var names = nodes[index].inputs
            try graph.nodes[index].mapSubgraphs { (subgraph) throws(ONNXError) -> Graph in
                let (sorted, captured) = try subgraph.sorted(findsCaptures: true)
                names.append(contentsOf: captured)
                return sorted
            }
            if findsCaptures { allReads.formUnion(names) }
            reads.append(names)
        }
        let order = try NodeOrder(nodes: graph.nodes, reads: reads).sorted()
        graph.nodes = order.map { graph.nodes[$0] }
        return (graph, findsCaptures ? allReads.subtracting(definedNames) : [])
    }
}

extension [Node] {
    /// The nodes of a function's body in an order in which they can run.
    ///
    /// - Throws: `graph.cycle`.
    package func topologicallySorted() throws(ONNXError) -> [Node] {
        try Graph(nodes: self).topologicallySorted().nodes
    }
}

/// A depth-first search over nodes, without recursion.
private struct NodeOrder {
    let nodes: [Node]
    /// The values that each node reads, those of its subgraphs included.
    let reads: [[String]]

    private enum State { case new, open, done }

    func sorted() throws(ONNXError) -> [Int] {
        var writer: [String: Int] = [:]
        for (index, node) in nodes.enumerated() {
            for output in node.outputs where !output.isEmpty { writer[output] = index }
        }
        var states = [State](repeating: .new, count: nodes.count)
        var order: [Int] = []
        order.reserveCapacity(nodes.count)
        var path: [(node: Int, nextRead: Int)] = []
        for root in nodes.indices where states[root] == .new {
            states[root] = .open
            path.append((root, 0))
            while let (node, nextRead) = path.last {
                guard nextRead < reads[node].count else {
                    states[node] = .done
                    order.append(node)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].nextRead += 1
                guard let needed = writer[reads[node][nextRead]] else { continue }
                switch states[needed] {
                case .done: break
                case .open: throw cycleError(path.map(\.node), from: needed)
                case .new:
                    states[needed] = .open
                    path.append((needed, 0))
                }
            }
        }
        return order
    }

    private func cycleError(_ path: [Int], from start: Int) -> ONNXError {
        let loop = Array(path.drop { $0 != start })
        var labels = loop.prefix(10).map { nodes[$0].label }
        if loop.count > 10 { labels.append("… (\(loop.count) nodes)") }
        labels.append(nodes[start].label)
        return ONNXError(
            "graph.cycle", "Nodes need each other's values in a loop: \(labels.joined(separator: " ← ")).")
    }
}
