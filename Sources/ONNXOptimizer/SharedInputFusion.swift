// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXOperators

/// `shared-input`: quantised products of one input in one step, such as gate and up, or query, key and value.
///
/// The input is quantised once, and the threads share out all columns together.
struct SharedInputFusion: GraphPass {
    static let name = "shared-input"

    private static let attributes: Set<String> = [
        "K", "N", "bits", "block_size", "accuracy_level", "weight_prepacked",
    ]

    mutating func apply(to graph: inout Graph, _ context: PassContext) throws(ONNXError) {
        graph.changeSubgraphs(Self.fuse)
        Self.fuse(&graph)
    }

    private static func fuse(_ graph: inout Graph) {
        var groups: [String: [Int]] = [:]
        for (index, node) in graph.nodes.enumerated() where isProduct(node, graph) {
            groups[node.inputs[0], default: []].append(index)
        }
        var removed: Set<Int> = []
        for members in groups.values where members.count > 1 {
            guard let fused = fusedNode(members.map { graph.nodes[$0] }) else { continue }
            graph.nodes[members[0]] = fused
            removed.formUnion(members.dropFirst())
        }
        graph.remove(removed)
    }

    /// A node as a group of products: what this pass has made, or one product alone; nil for other nodes.
    static func group(_ node: Node, _ graph: Graph) -> Node? {
        if node.domain == OperatorRegistry.internalDomain && node.operatorType == "MatMulNBitsGroup" {
            return node
        }
        return isProduct(node, graph) ? fusedNode([node]) : nil
    }

    private static func isProduct(_ node: Node, _ graph: Graph) -> Bool {
        node.qualifiedType == "com.microsoft.MatMulNBits" && (3...6).contains(node.inputs.count)
            && node.outputs.count == 1 && !node.inputs[0].isEmpty
            && node.inputs.dropFirst().allSatisfy { $0.isEmpty || graph.initializers[$0] != nil }
            && attributes.isSuperset(of: node.attributes.keys)
    }

    /// One node with the attributes of all as lists; nil where an attribute is none that such a node has.
    private static func fusedNode(_ nodes: [Node]) -> Node? {
        let defaults = ["bits": 4, "accuracy_level": 0, "weight_prepacked": 0]
        var attributes: [String: Attribute] = [:]
        for name in Self.attributes {
            var values: [Int] = []
            for node in nodes {
                switch node.attributes[name] {
                case .int(let value): values.append(value)
                case nil:
                    guard let value = defaults[name] else { return nil }
                    values.append(value)
                default: return nil
                }
            }
            attributes[name] = .ints(values)
        }
        var inputs = [nodes[0].inputs[0]]
        for node in nodes {
            let weights = node.inputs.dropFirst()
            inputs += weights + Array(repeating: "", count: 5 - weights.count)
        }
        return Node(
            name: nodes.map(\.name).joined(separator: " + "), domain: OperatorRegistry.internalDomain,
            operatorType: "MatMulNBitsGroup", inputs: inputs, outputs: nodes.map { $0.outputs[0] },
            attributes: attributes)
    }
}
