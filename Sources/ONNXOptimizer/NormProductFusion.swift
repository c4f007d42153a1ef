// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXOperators

/// `norm-products`: a root mean square norm, with or without a residual sum before it, and the quantised products
/// that alone read it, in one step; the norm is quantised row by row and never written as floats.
///
/// Looks for groups of products that `shared-input` has made, and single ones.
struct NormProductFusion: GraphPass {
    static let name = "norm-products"

    mutating func apply(to graph: inout Graph, _ context: PassContext) throws(ONNXError) {
        graph.changeSubgraphs { $0.joinProducers(Self.join) }
        graph.joinProducers(Self.join)
    }

    private static func join(_ node: Node, _ graph: Graph, _ uses: ValueUses) -> (
        producer: Int, joined: Node
    )? {
        guard let group = SharedInputFusion.group(node, graph),
            QuantizedProductShape.shareActivations(group, firstWeightInput: 1, graph),
            uses.isReadOnce(group.inputs[0]), let producer = uses.producers[group.inputs[0]],
            let norm = NormNode(graph.nodes[producer], graph)
        else { return nil }
        var fused = group
        fused.name = "\(norm.name) + \(group.name)"
        fused.operatorType = "NormMatMulNBits"
        fused.inputs = norm.inputs + group.inputs.dropFirst()
        // The sum may be read before the products are: the fused node stands where the norm stood.
        fused.outputs = [norm.sum] + group.outputs
        fused.attributes["epsilon"] = .float(norm.epsilon)
        return (producer, fused)
    }

    /// A norm that can be joined with products.
    private struct NormNode {
        let name: String
        /// Input, skip, gamma and bias; empty where there is none.
        let inputs: [String]
        let sum: String
        let epsilon: Float

        init?(_ node: Node, _ graph: Graph) {
            let isSkip = node.qualifiedType == "com.microsoft.SkipSimplifiedLayerNormalization"
            let scale = isSkip ? 2 : 1
            guard isSkip || node.qualifiedType == "SimplifiedLayerNormalization", node.inputs.count > scale,
                graph.initializers[node.inputs[scale]]?.elementType == .float32
            else { return nil }
            var others = node.attributes
            switch others.removeValue(forKey: "epsilon") {
            case .float(let value): epsilon = value
            case nil: epsilon = isSkip ? 1e-12 : 1e-5
            default: return nil
            }
            name = node.name
            if isSkip {
                guard others.isEmpty, node.outputs.dropFirst().prefix(2).allSatisfy(\.isEmpty) else {
                    return nil
                }
                inputs = node.inputs + Array(repeating: "", count: 4 - node.inputs.count)
                sum = node.outputs.count > 3 ? node.outputs[3] : ""
            } else {
                guard Self.isInteger(others.removeValue(forKey: "axis"), -1),
                    Self.isInteger(others.removeValue(forKey: "stash_type"), 1), others.isEmpty,
                    node.outputs.count == 1
                else { return nil }
                inputs = [node.inputs[0], "", node.inputs[1], ""]
                sum = ""
            }
        }

        /// Whether an attribute is left out or has this value.
        private static func isInteger(_ attribute: Attribute?, _ value: Int) -> Bool {
            switch attribute {
            case nil: true
            case .int(let given): given == value
            default: false
            }
        }
    }
}
