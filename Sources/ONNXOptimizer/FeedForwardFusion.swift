// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXOperators

/// `feed-forward`: gated products and the quantised product that alone reads them, in one step: a feed-forward part from
/// gate and up to the way down.
///
/// Looks for what `gated-products` has made.
struct FeedForwardFusion: GraphPass {
    static let name = "feed-forward"

    mutating func apply(to graph: inout Graph, _ context: PassContext) throws(ONNXError) {
        graph.changeSubgraphs { $0.joinProducers(Self.join) }
        graph.joinProducers(Self.join)
    }

    private static func join(_ node: Node, _ graph: Graph, _ uses: ValueUses) -> (
        producer: Int, joined: Node
    )? {
        guard let input = node.inputs.first, uses.isReadOnce(input), let producer = uses.producers[input],
            let fused = fusedNode(graph.nodes[producer], node, graph)
        else { return nil }
        return (producer, fused)
    }

    private static func fusedNode(_ gated: Node, _ product: Node, _ graph: Graph) -> Node? {
        guard gated.domain == OperatorRegistry.internalDomain, gated.operatorType == "MatMulNBitsGroup",
            gated.attributes["gated"] != nil, gated.inputs.count == 11,
            product.operatorType == "MatMulNBits", let down = SharedInputFusion.group(product, graph),
            QuantizedProductShape.shareActivations(down, firstWeightInput: 1, graph),
            // Activations that are to be put into another order are floats first.
            down.inputs[4].isEmpty,
            case .ints(let columns)? = gated.attributes["N"], case .ints(let inputs)? = down.attributes["K"],
            columns[0] == inputs[0]
        else { return nil }
        var fused = gated
        fused.name = "\(gated.name) + \(product.name)"
        fused.inputs += down.inputs.dropFirst()
        fused.outputs = down.outputs
        for (name, attribute) in gated.attributes {
            guard case .ints(let values) = attribute else { continue }
            guard case .ints(let more)? = down.attributes[name] else { return nil }
            fused.attributes[name] = .ints(values + more)
        }
        return fused
    }
}
