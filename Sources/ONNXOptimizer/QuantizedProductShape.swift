// SPDX-License-Identifier: Apache-2.0
import ONNXGraph
import ONNXOperators

/// What graph passes ask of quantised products before they join them with others.
enum QuantizedProductShape {
    /// Whether all products of a `MatMulNBitsGroup` read one quantisation of their input: accuracy level 4, one block
    /// size, inputs in their order, float32 throughout.
    static func shareActivations(_ group: Node, firstWeightInput: Int, _ graph: Graph) -> Bool {
        guard case .ints(let levels)? = group.attributes["accuracy_level"], levels.allSatisfy({ $0 == 4 }),
            case .ints(let sizes)? = group.attributes["block_size"], Set(sizes).count == 1
        else { return false }
        return levels.indices.allSatisfy { index in
            let first = firstWeightInput + 5 * index
            return group.inputs[first + 3].isEmpty
                && graph.initializers[group.inputs[first + 1]]?.elementType == .float32
        }
    }
}
