// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXOperators

/// `silu-mul`: `Mul(Mul(x, Sigmoid(x)), u)` in one step, the gate of a decoder's feed-forward part.
struct SiluMultiplyFusion: GraphPass {
    static let name = "silu-mul"

    mutating func apply(to graph: inout Graph, _ context: PassContext) throws(ONNXError) {
        // Before version 7, Mul broadcasts by other rules.
        guard context.operatorSets["", default: 1] >= 7 else { return }
        graph.changeSubgraphs(Self.fuse)
        Self.fuse(&graph)
    }

    private static func fuse(_ graph: inout Graph) {
        let uses = ValueUses(graph)
        var removed: Set<Int> = []
        for index in graph.nodes.indices where isMul(graph.nodes[index]) {
            let node = graph.nodes[index]
            for (gate, up) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
                guard let match = siluInput(gate, graph, uses), removed.isDisjoint(with: match.nodes) else {
                    continue
                }
                removed.formUnion(match.nodes)
                graph.nodes[index] = Node(
                    name: node.name, domain: OperatorRegistry.internalDomain, operatorType: "SiluMultiply",
                    inputs: [match.input, up], outputs: node.outputs)
                break
            }
        }
        graph.remove(removed)
    }

    /// The x of a value that is `x · sigmoid(x)` and read only once, with the two nodes that compute it.
    private static func siluInput(
        _ value: String, _ graph: Graph, _ uses: ValueUses
    ) -> (input: String, nodes: Set<Int>)? {
        guard uses.isReadOnce(value), let product = uses.producers[value], isMul(graph.nodes[product])
        else { return nil }
        let factors = graph.nodes[product].inputs
        for (input, sigmoid) in [(factors[0], factors[1]), (factors[1], factors[0])] {
            guard uses.isReadOnce(sigmoid), let index = uses.producers[sigmoid],
                graph.nodes[index].qualifiedType == "Sigmoid", graph.nodes[index].inputs == [input]
            else { continue }
            return (input, [product, index])
        }
        return nil
    }

    private static func isMul(_ node: Node) -> Bool {
        node.qualifiedType == "Mul" && node.inputs.count == 2 && node.outputs.count == 1
            && node.attributes.isEmpty
    }
}
