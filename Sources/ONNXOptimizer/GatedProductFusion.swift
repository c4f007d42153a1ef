// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXOperators

/// `gated-products`: two quantised products of one input whose results only meet in a SiLU product, in one step: the
/// feed-forward part's gate and up.
///
/// Looks for what `shared-input` and `silu-mul` have made.
struct GatedProductFusion: GraphPass {
    static let name = "gated-products"

    mutating func apply(to graph: inout Graph, _ context: PassContext) throws(ONNXError) {
        graph.changeSubgraphs { $0.joinProducers(Self.join) }
        graph.joinProducers(Self.join)
    }

    private static func join(_ node: Node, _ graph: Graph, _ uses: ValueUses) -> (
        producer: Int, joined: Node
    )? {
        guard node.domain == OperatorRegistry.internalDomain, node.operatorType == "SiluMultiply",
            let producer = uses.producers[node.inputs[0]],
            let fused = fusedNode(graph.nodes[producer], node, graph, uses)
        else { return nil }
        return (producer, fused)
    }

    private static func fusedNode(
        _ group: Node, _ product: Node, _ graph: Graph, _ uses: ValueUses
    ) -> Node? {
        guard group.domain == OperatorRegistry.internalDomain, group.operatorType == "MatMulNBitsGroup",
            group.outputs.count == 2, Set(product.inputs) == Set(group.outputs),
            group.outputs.allSatisfy({ uses.isReadOnce($0) }),
            QuantizedProductShape.shareActivations(group, firstWeightInput: 1, graph),
            case .ints(let columns)? = group.attributes["N"], columns[0] == columns[1]
        else { return nil }
        var fused = group
        fused.outputs = product.outputs
        fused.attributes["gated"] = .int(1)
        if product.inputs != group.outputs {
            fused.inputs = [group.inputs[0]] + group.inputs[6..<11] + group.inputs[1..<6]
            for (name, attribute) in group.attributes {
                if case .ints(let values) = attribute { fused.attributes[name] = .ints(values.reversed()) }
            }
        }
        return fused
    }
}
