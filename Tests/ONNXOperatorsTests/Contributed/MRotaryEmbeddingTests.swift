// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import Testing

@Suite struct MRotaryEmbeddingTests {
    static var node: ContributedNode {
        ContributedNode(
            name: "MRotaryEmbedding",
            attributes: ["num_heads": .int(2), "mrope_section": .ints([2, 1, 1]), "mrope_layout": .int(1)],
            inputs: [
                noise([1, 3, 16]), try? Tensor([0, 1, 2, 0, 0, 0, 4, 4, 4] as [Int64], shape: [3, 1, 3]),
                noise([5, 4], seed: 2), noise([5, 4], seed: 3),
            ])
    }

    static let refusals: [Refusal] = [
        .init("two sections", "attr.value") { $0.attributes["mrope_section"] = .ints([2, 2]) },
        .init("a section below 0", "attr.value") { $0.attributes["mrope_section"] = .ints([6, -1, -1]) },
        .init("a section without end", "attr.value") {
            $0.attributes["mrope_section"] = .ints([1 << 60, 1, 1])
        },
        .init("sections beside the caches", "op.shape") {
            $0.attributes["mrope_section"] = .ints([2, 2, 1])
        },
        .init("no pairs", "op.shape") {
            $0.attributes["mrope_section"] = .ints([0, 0, 0])
            $0.inputs[2] = noise([5, 0])
            $0.inputs[3] = noise([5, 0])
        },
        .init("unknown layout", "attr.value") { $0.attributes["mrope_layout"] = .int(2) },
        .init("scale", "attr.unsupported") { $0.attributes["scale"] = .float(2) },
        .init("rotated elements without heads", "attr.value") {
            $0.attributes["num_heads"] = .int(0)
            $0.attributes["rotary_embedding_dim"] = .int(8)
        },
        .init("rotated elements beside the caches", "op.shape") {
            $0.attributes["rotary_embedding_dim"] = .int(4)
        },
        .init("one position a token", "op.shape") {
            $0.inputs[1] = try? Tensor([0, 1, 2] as [Int64], shape: [1, 3])
        },
        .init("position beyond the caches", "op.range") {
            $0.inputs[1] = try? Tensor([0, 1, 2, 0, 0, 0, 4, 4, 5] as [Int64], shape: [3, 1, 3])
        },
        .init("negative position", "op.range") {
            $0.inputs[1] = try? Tensor([-1, 1, 2, 0, 0, 0, 4, 4, 4] as [Int64], shape: [3, 1, 3])
        },
        .init("head narrower than the caches", "op.shape") { $0.inputs[0] = noise([1, 3, 8]) },
        .init("input in two dimensions", "op.shape") { $0.inputs[0] = noise([3, 16]) },
    ]

    @Test func runs() { #expect(Self.node.errorCode() == nil) }

    @Test(arguments: refusals) func refuses(_ refusal: Refusal) {
        #expect(refusal.codeOfChanged(Self.node) == refusal.code)
    }

    @Test func noTokens() throws {
        var node = Self.node
        node.inputs[0] = noise([1, 0, 16])
        node.inputs[1] = try Tensor([Int64](), shape: [3, 1, 0])
        #expect(try #require(try node.run()[0]).shape.dimensions == [1, 0, 16])
    }
}
