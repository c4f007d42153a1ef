// SPDX-License-Identifier: Apache-2.0
import ONNXGraph
import ONNXTensors

/// Which operators work on each position of a sequence `[batch, positions, width]` alone, and by which inputs.
enum SequenceInputs {
    /// Products that may be a decoder's last.
    static let products: Set<String> = [
        "MatMul", "com.microsoft.MatMulNBits", "onnxlm.MatMulNBitsGroup", "onnxlm.NormMatMulNBits",
    ]

    /// Operators that work on each element.
    static let elementwise: Set<String> = [
        "Add", "Cast", "Div", "Gelu", "Mul", "Pow", "Relu", "Sigmoid", "Sub", "Tanh",
        "com.microsoft.FastGelu", "com.microsoft.Gelu", "com.microsoft.QuickGelu",
    ]

    /// Operators that keep the positions apart, with the number of leading inputs that are sequences; the others must
    /// be constant.
    private static let counts: [String: Int] = [
        "MatMul": 1, "com.microsoft.MatMulNBits": 1, "onnxlm.MatMulNBitsGroup": 1,
        "onnxlm.NormMatMulNBits": 2, "onnxlm.SiluMultiply": 2, "SimplifiedLayerNormalization": 1,
        "LayerNormalization": 1, "com.microsoft.SkipSimplifiedLayerNormalization": 2,
        "com.microsoft.SkipLayerNormalization": 2,
    ]

    /// Operators whose results are sequences whatever they read.
    private static let sources: Set<String> = [
        "com.microsoft.GroupQueryAttention", "com.microsoft.MultiHeadAttention",
        "com.microsoft.GatherBlockQuantized", "com.microsoft.SkipSimplifiedLayerNormalization",
        "com.microsoft.SkipLayerNormalization", "com.microsoft.MatMulNBits", "onnxlm.MatMulNBitsGroup",
        "onnxlm.NormMatMulNBits",
    ]

    /// The inputs of a node that are sequences, where it works on each position alone; nil where it does not.
    static func of(_ node: Node, _ graph: Graph) -> [String]? {
        if case .int(let axis)? = node.attributes["axis"], axis != -1 { return nil }
        if elementwise.contains(node.qualifiedType) {
            let given = node.inputs.filter { !$0.isEmpty }
            let constants = given.compactMap { graph.initializers[$0] }
            guard constants.count < given.count,
                constants.allSatisfy({ $0.shape.dimensions.dropLast().allSatisfy { $0 == 1 } })
            else { return nil }
            return given.filter { graph.initializers[$0] == nil }
        }
        guard let count = counts[node.qualifiedType] else { return nil }
        let constants = node.inputs.dropFirst(count)
        guard constants.allSatisfy({ $0.isEmpty || graph.initializers[$0] != nil }) else { return nil }
        if node.qualifiedType == "MatMul" {
            guard constants.first.flatMap({ graph.initializers[$0]?.shape.rank }) == 2 else { return nil }
        }
        let inputs = node.inputs.prefix(count).filter { !$0.isEmpty }
        guard inputs.allSatisfy({ graph.initializers[$0] == nil }) else { return nil }
        return Array(inputs)
    }

    /// Whether a value that this node writes is a sequence.
    static func givesSequences(_ node: Node, _ value: String) -> Bool {
        guard sources.contains(node.qualifiedType) else { return false }
        // Caches are no sequences.
        return !node.qualifiedType.hasSuffix("Attention") || node.outputs.first == value
    }
}
