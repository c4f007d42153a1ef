// SPDX-License-Identifier: Apache-2.0
package import ONNXGraph

extension Node {
    /// This grouped-query attention with results for the last positions alone, whose number is the value `count`; nil for
    /// other nodes and where more than results and caches is asked of it.
    package func attendingLastPositions(_ count: String) -> Node? {
        typealias Input = GroupQueryAttention.Input
        guard qualifiedType == "com.microsoft.GroupQueryAttention", outputs.count <= 3,
            inputs.count > Input.totalLength, inputs.count <= Input.count,
            inputs.count <= Input.queryLengths || inputs[Input.queryLengths].isEmpty
        else { return nil }
        var node = self
        node.domain = OperatorRegistry.internalDomain
        node.inputs += Array(repeating: "", count: Input.count - inputs.count) + [count]
        return node
    }

    /// This group of products with what gives `attention` its queries, alone or packed with keys and values, computed for
    /// the last positions alone; nil where no product of this node does.
    package func givingLastQueries(of attention: Node, _ count: String) -> Node? {
        typealias Input = GroupQueryAttention.Input
        guard domain == OperatorRegistry.internalDomain, !attributes.keys.contains("gated"),
            attention.inputs.count > Input.key,
            let output = outputs.firstIndex(of: attention.inputs[Input.query]),
            case .ints(let widths)? = attributes["N"]
        else { return nil }
        // A norm's sum stands before the products.
        let member = output - (outputs.count - widths.count)
        guard (0...1).contains(outputs.count - widths.count), widths.indices.contains(member) else {
            return nil
        }
        var columns = widths.map { _ in 0 }
        columns[member] = widths[member]
        if attention.inputs[Input.key].isEmpty {
            guard case .int(let heads)? = attention.attributes["num_heads"],
                case .int(let kvHeads)? = attention.attributes["kv_num_heads"], heads > 0, kvHeads > 0,
                heads <= 1 << 16, kvHeads <= heads
            else { return nil }
            columns[member] = widths[member] / (heads + 2 * kvHeads) * heads
        }
        var node = self
        node.attributes[QuantizedProductMembers.lastPositionColumns] = .ints(columns)
        node.inputs.append(count)
        return node
    }
}
