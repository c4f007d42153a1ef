// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import Testing

@Suite struct LinearAttentionTests {
    static var node: ContributedNode {
        ContributedNode(
            name: "LinearAttention", attributes: ["q_num_heads": .int(4), "kv_num_heads": .int(2)],
            inputs: [
                noise([1, 3, 16]), noise([1, 3, 8], seed: 2), noise([1, 3, 10], seed: 3),
                noise([1, 2, 4, 5], seed: 4), noise([1, 3, 2], seed: 5), noise([1, 3, 2], seed: 6),
            ], outputs: [true, true])
    }

    static let refusals: [Refusal] = [
        .init("heads that do not divide", "attr.value") { $0.attributes["kv_num_heads"] = .int(3) },
        .init("no heads", "attr.value") { $0.attributes["q_num_heads"] = .int(0) },
        .init("unknown rule", "attr.value") { $0.attributes["update_rule"] = .string("gate") },
        .init("window", "attr.value") { $0.attributes["state_window"] = .int(9) },
        .init("scale NaN", "attr.value") { $0.attributes["scale"] = .float(.nan) },
        .init("decay without a rule for it", "op.input_unsupported") {
            $0.attributes["update_rule"] = .string("delta")
        },
        .init("no beta", "op.input_unsupported") { $0.inputs[5] = nil },
        .init("key of another width", "op.shape") { $0.inputs[1] = noise([1, 3, 6]) },
        .init("value of another length", "op.shape") { $0.inputs[2] = noise([1, 4, 10]) },
        .init("state of another size", "op.shape") { $0.inputs[3] = noise([1, 2, 5, 4]) },
        .init("decay of another width", "op.shape") { $0.inputs[4] = noise([1, 3, 3]) },
        .init("beta of another width", "op.shape") { $0.inputs[5] = noise([1, 3, 4]) },
        .init("query in two dimensions", "op.shape") { $0.inputs[0] = noise([3, 16]) },
        .init("query of bytes", "tensor.dtype_unsupported") { $0.inputs[0] = noiseBytes([1, 3, 16]) },
    ]

    @Test func runs() { #expect(Self.node.errorCode() == nil) }

    @Test(arguments: refusals) func refuses(_ refusal: Refusal) {
        #expect(refusal.codeOfChanged(Self.node) == refusal.code)
    }

    /// Without positions the state stays.
    @Test func noPositions() throws {
        var node = Self.node
        for (index, width) in [16, 8, 10].enumerated() { node.inputs[index] = noise([1, 0, width]) }
        node.inputs[4] = noise([1, 0, 2])
        node.inputs[5] = noise([1, 0, 2])
        let outputs = try node.run()
        #expect(try #require(outputs[0]).shape.dimensions == [1, 0, 20])
        let (state, past) = (try #require(outputs[1]), try #require(node.inputs[3]))
        #expect(try state.values(as: Float.self) == past.values(as: Float.self))
    }
}
