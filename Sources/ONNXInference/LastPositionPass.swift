// SPDX-License-Identifier: Apache-2.0
import ONNXGraph
import ONNXOperators
import ONNXTensors

/// Lets a decoder compute its logits for the last positions only: puts a `LastPositions` before the last product.
///
/// The count of positions becomes one more input of the graph, ``inputName``.
enum LastPositionPass {
    /// The int64 input `[1]` that says for how many positions logits are computed.
    static let inputName = "onnxlm.positions"

    /// Operators that work on each position alone, with the hidden state as their first input.
    private static let rowwise: Set<String> = ["Add", "Cast", "Div", "Mul", "Sub", "Tanh"]
    private static let products: Set<String> = ["MatMul", "com.microsoft.MatMulNBits"]

    /// Changes the graph where its output `name` comes from a product through position-wise steps; gives false, and
    /// changes nothing, where it does not.
    static func apply(to graph: inout Graph, output name: String) -> Bool {
        var producers: [String: Int] = [:]
        var readers: [String: Int] = [:]
        for (index, node) in graph.nodes.enumerated() {
            for output in node.outputs { producers[output] = index }
            for input in Set(node.inputs) { readers[input, default: 0] += 1 }
        }
        var value = name
        while let index = producers[value] {
            let node = graph.nodes[index]
            guard readers[value, default: 0] == (value == name ? 0 : 1) else { return false }
            if products.contains(node.qualifiedType) {
                guard node.inputs.count >= 2, let hidden = node.inputs.first,
                    graph.initializers[node.inputs[1]] != nil
                else { return false }
                let slice = "onnxlm.last_positions"
                graph.nodes[index].inputs[0] = slice
                graph.nodes.insert(
                    Node(
                        name: slice, domain: OperatorRegistry.internalDomain, operatorType: "LastPositions",
                        inputs: [hidden, inputName], outputs: [slice]),
                    at: index)
                graph.inputs.append(ValueInfo(name: inputName, type: .tensor(.int64, [.fixed(1)])))
                return true
            }
            guard rowwise.contains(node.qualifiedType) else { return false }
            let variable = node.inputs.filter { graph.initializers[$0] == nil }
            guard variable.count == 1, let next = variable.first,
                node.inputs.allSatisfy({ (graph.initializers[$0]?.shape.elementCount ?? 1) == 1 })
            else { return false }
            value = next
        }
        return false
    }
}
