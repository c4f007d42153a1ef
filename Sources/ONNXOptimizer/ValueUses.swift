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
}
