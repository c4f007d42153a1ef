// SPDX-License-Identifier: Apache-2.0
import ONNXGraph

/// Who writes and who reads the values of one graph.
struct ValueUses {
    /// The index of the node that writes a value.
    private(set) var producers: [String: Int] = [:]
    private var readers: [String: Int] = [:]
    /// Values that must stay: outputs of the graph, and what subgraphs read.
    private var kept: Set<String>

    init(_ graph: Graph) {
        kept = Set(graph.outputs.map(\.name))
        for (index, node) in graph.nodes.enumerated() {
            for output in node.outputs where !output.isEmpty { producers[output] = index }
            for input in node.inputs where !input.isEmpty { readers[input, default: 0] += 1 }
            for subgraph in node.subgraphs { kept.formUnion(subgraph.capturedNames) }
        }
    }

    /// Whether a value has one reader, a node's input, and nobody else would miss it.
    func isReadOnce(_ name: String) -> Bool { readers[name] == 1 && !kept.contains(name) }
}

extension Graph {
    /// Applies a change to each of the subgraphs of the nodes, and to theirs.
    mutating func changeSubgraphs(_ change: (inout Graph) -> Void) {
        for index in nodes.indices {
            nodes[index].mapSubgraphs { subgraph in
                var subgraph = subgraph
                subgraph.changeSubgraphs(change)
                change(&subgraph)
                return subgraph
            }
        }
    }

    /// Lets nodes take in others that read what they give: the joined node stands where the producer stood.
    ///
    /// - Parameter join: the joined node for a node and the place of the producer that takes it in; nil for a node that
    ///   stays.
    mutating func joinProducers(_ join: (Node, Graph, ValueUses) -> (producer: Int, joined: Node)?) {
        let uses = ValueUses(self)
        var removed: Set<Int> = []
        for index in nodes.indices {
            guard let (producer, joined) = join(nodes[index], self, uses) else { continue }
            nodes[producer] = joined
            removed.insert(index)
        }
        remove(removed)
    }

    /// Removes the nodes at some places.
    mutating func remove(_ places: Set<Int>) {
        guard !places.isEmpty else { return }
        nodes = nodes.indices.filter { !places.contains($0) }.map { nodes[$0] }
    }
}
