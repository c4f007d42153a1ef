// SPDX-License-Identifier: Apache-2.0

extension Node {
    /// The graphs among the attributes, in the order of the attributes' names.
    package var subgraphs: [Graph] {
        var graphs: [Graph] = []
        for name in subgraphAttributeNames {
            switch attributes[name] {
            case .graph(let graph): graphs.append(graph)
            case .graphs(let list): graphs.append(contentsOf: list)
            default: break
            }
        }
        return graphs
    }

    /// Replaces every graph among the attributes, in the order of ``subgraphs``.
    package mutating func mapSubgraphs<Failure: Error>(
        _ transform: (Graph) throws(Failure) -> Graph
    ) throws(Failure) {
        for name in subgraphAttributeNames {
            switch attributes[name] {
            case .graph(let graph): attributes[name] = .graph(try transform(graph))
            case .graphs(let list):
                var graphs: [Graph] = []
                for graph in list { graphs.append(try transform(graph)) }
                attributes[name] = .graphs(graphs)
            default: break
            }
        }
    }

    private var subgraphAttributeNames: [String] {
        var names: [String] = []
        for (name, value) in attributes {
            switch value {
            case .graph, .graphs: names.append(name)
            default: break
            }
        }
        return names.count > 1 ? names.sorted() : names
    }
}
