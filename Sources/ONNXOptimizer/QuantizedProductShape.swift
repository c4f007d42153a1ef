// SPDX-License-Identifier: Apache-2.0
import ONNXGraph
import ONNXKernels
import ONNXOperators

/// What graph passes ask of quantised products before they join them with others.
enum QuantizedProductShape {
    /// Whether all products of a `MatMulNBitsGroup` that read its input read one quantisation of it: accuracy level 4
    /// where it quantises, one block size, float32 throughout.
    static func shareActivations(_ group: Node, firstWeightInput: Int, _ graph: Graph) -> Bool {
        guard case .ints(let levels)? = group.attributes["accuracy_level"],
            case .ints(let sizes)? = group.attributes["block_size"],
            case .ints(let bits)? = group.attributes["bits"]
        else { return false }
        // The third of gated products reads what the others give.
        let readers = levels.indices.prefix(group.attributes["gated"] == nil ? levels.count : 2)
        return Set(sizes[readers]).count == 1
            && readers.allSatisfy { index in
                let first = firstWeightInput + 5 * index
                let zeroPoints = group.inputs[first + 2]
                let hasByteZeros = zeroPoints.isEmpty || graph.initializers[zeroPoints]?.elementType == .uint8
                return graph.initializers[group.inputs[first + 1]]?.elementType == .float32
                    && QuantizedMatrixSource.quantizesActivations(
                        accuracyLevel: levels[index], bits: bits[index], blockSize: sizes[index],
                        hasFloatZeroPoints: !hasByteZeros, hasGroupIndex: !group.inputs[first + 3].isEmpty)
            }
    }
}
