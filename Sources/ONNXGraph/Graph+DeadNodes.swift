// SPDX-License-Identifier: Apache-2.0

extension Graph {
    /// The graph and its subgraphs without the nodes and initializers that no output depends on.
    ///
    /// - Precondition: the nodes are in an order in which they can run.
    /// - Complexity: linear in nodes and values, times the depth of subgraphs.
    package func removingDeadNodes() -> Graph { live().graph }

    private func live() -> (graph: Graph, captured: Set<String>) {
        var graph = self
        var needed = Set(outputs.map(\.name))
        var kept: [Node] = []
        for var node in nodes.reversed() {
            guard node.outputs.contains(where: { !$0.isEmpty && needed.contains($0) }) else { continue }
            node.mapSubgraphs { subgraph in
                let (live, captured) = subgraph.live()
                needed.formUnion(captured)
                return live
            }
            needed.formUnion(node.inputs)
            kept.append(node)
        }
        graph.nodes = kept.reversed()
        let inputNames = Set(inputs.map(\.name))
        graph.initializers = initializers.filter { needed.contains($0.key) || inputNames.contains($0.key) }
        return (graph, needed.subtracting(graph.definedNames))
    }
}
