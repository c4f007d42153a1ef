// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import Testing

@Suite struct QMoETests {
    static var node: ContributedNode {
        ContributedNode(
            name: "QMoE",
            attributes: ["k": .int(2), "activation_type": .string("silu"), "block_size": .int(16)],
            inputs: [
                noise([3, 32]), noise([3, 4], seed: 2), noiseBytes([4, 16, 16]), noise([4, 16, 2], seed: 3),
                nil,
                noiseBytes([4, 32, 8]), noise([4, 32, 1], seed: 5),
            ])
    }

    private static func nothing(_ count: Int) -> [Tensor?] { [Tensor?](repeating: nil, count: count) }

    static let refusals: [Refusal] = [
        .init("3 bits", "attr.unsupported") { $0.attributes["expert_weight_bits"] = .int(3) },
        .init("3 bits of one projection", "attr.unsupported") {
            $0.attributes["fc2_expert_weight_bits"] = .int(3)
        },
        .init("block of 24", "attr.value") { $0.attributes["block_size"] = .int(24) },
        .init("float weights", "attr.unsupported") { $0.attributes["quant_type"] = .string("fp4") },
        .init("packed for a GPU", "attr.unsupported") { $0.attributes["weights_prepacked"] = .int(1) },
        .init("block that does not divide", "op.shape") { $0.attributes["block_size"] = .int(64) },
        .init("scales of other blocks", "op.shape") { $0.inputs[3] = noise([4, 16, 1]) },
        .init("weights of another width", "op.shape") { $0.inputs[2] = noiseBytes([4, 16, 15]) },
        .init("weights of floats", "op.shape") { $0.inputs[2] = noise([4, 16, 16]) },
        .init("scales left out", "input.missing") { $0.inputs[6] = nil },
        .init("global scale", "attr.unsupported") { $0.inputs += nothing(8) + [noise([4])] },
        .init("router_weights of other tokens", "op.shape") { $0.inputs += nothing(7) + [noise([2, 4])] },
    ]

    @Test(arguments: [[], [2, 3, 5, 6]]) func runs(_ constants: [Int]) {
        var node = Self.node
        node.constants = Set(constants)
        #expect(node.errorCode() == nil)
    }

    @Test(arguments: refusals) func refuses(_ refusal: Refusal) {
        #expect(refusal.codeOfChanged(Self.node) == refusal.code)
    }
}
