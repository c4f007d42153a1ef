// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import Testing

@Suite struct MoETests {
    static var node: ContributedNode {
        ContributedNode(
            name: "MoE", attributes: ["k": .int(2), "activation_type": .string("silu")],
            inputs: [
                noise([3, 8]), noise([3, 4], seed: 2), noise([4, 6, 8], seed: 3), noise([4, 6], seed: 4),
                noise([4, 8, 6], seed: 5), noise([4, 8], seed: 6),
            ])
    }

    static let refusals: [Refusal] = [
        .init("no experts a token", "attr.value") { $0.attributes["k"] = .int(0) },
        .init("more experts than there are", "op.shape") { $0.attributes["k"] = .int(5) },
        .init("unknown activation", "attr.unsupported") {
            $0.attributes["activation_type"] = .string("reglu")
        },
        .init("geglu in two projections", "attr.unsupported") {
            $0.attributes["activation_type"] = .string("geglu")
        },
        .init("sparse mixer of one", "attr.value") {
            $0.attributes["k"] = .int(1)
            $0.attributes["use_sparse_mixer"] = .int(1)
        },
        .init("limit after activation", "attr.unsupported") {
            $0.attributes["swiglu_limit_after_activation"] = .int(1)
        },
        .init("fused activation of odd width", "op.shape") {
            $0.attributes["activation_type"] = .string("swiglu")
            $0.attributes["swiglu_fusion"] = .int(1)
            $0.inputs[2] = noise([4, 7, 8])
        },
        .init("separate gates without a third projection", "input.missing") {
            $0.attributes["activation_type"] = .string("swiglu")
        },
        .init("router of other tokens", "op.shape") { $0.inputs[1] = noise([2, 4]) },
        .init("router of other experts", "op.shape") { $0.inputs[1] = noise([3, 5]) },
        .init("input in one dimension", "op.shape") { $0.inputs[0] = noise([8]) },
        .init("width 0", "op.shape") { $0.inputs[0] = noise([3, 0]) },
        .init("bias of another length", "op.shape") { $0.inputs[3] = noise([4, 7]) },
        .init("input of bytes", "tensor.dtype_unsupported") { $0.inputs[0] = noiseBytes([3, 8]) },
        .init("weights left out", "input.missing") { $0.inputs[4] = nil },
    ]

    @Test func runs() { #expect(Self.node.errorCode() == nil) }

    @Test(arguments: refusals) func refuses(_ refusal: Refusal) {
        #expect(refusal.codeOfChanged(Self.node) == refusal.code)
    }

    @Test func noTokens() throws {
        var node = Self.node
        node.inputs[0] = noise([0, 8])
        node.inputs[1] = noise([0, 4])
        #expect(try #require(try node.run()[0]).shape.dimensions == [0, 8])
    }

    /// Logits that are no numbers end in numbers or NaN, not in a trap.
    @Test(arguments: [Float.nan, .infinity, -.infinity]) func routerWithout(_ number: Float) {
        var node = Self.node
        node.inputs[1] = try? Tensor([Float](repeating: number, count: 12), shape: [3, 4])
        #expect(node.errorCode() == nil)
    }
}
