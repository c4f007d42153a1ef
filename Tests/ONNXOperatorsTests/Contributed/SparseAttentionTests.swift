// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import Testing

@Suite struct SparseAttentionTests {
    static var node: ContributedNode {
        ContributedNode(
            name: "SparseAttention",
            attributes: ["num_heads": .int(2), "kv_num_heads": .int(1), "sparse_block_size": .int(16)],
            inputs: [
                noise([1, 20, 32]), noise([1, 20, 16], seed: 2), noise([1, 20, 16], seed: 3),
                noise([1, 1, 32, 16], seed: 4), noise([1, 1, 32, 16], seed: 5), int32([0, 1, 3], [1, 3]),
                int32([0, 0, 1], [1, 3]), int32([20], [1]), int32([20], [1]),
            ], outputs: [true, true, true])
    }

    private static func int32(_ values: [Int32], _ shape: [Int]) -> Tensor? {
        try? Tensor(values, shape: shape)
    }

    static let refusals: [Refusal] = [
        .init("block of 8", "attr.value") { $0.attributes["sparse_block_size"] = .int(8) },
        .init("heads that do not divide", "attr.value") { $0.attributes["kv_num_heads"] = .int(3) },
        .init("rows that decrease", "op.index") { $0.inputs[5] = int32([0, 2, 1], [1, 3]) },
        .init("rows beyond the columns", "op.index") { $0.inputs[5] = int32([0, 1, 4], [1, 3]) },
        .init("negative rows", "op.index") { $0.inputs[5] = int32([-1, 1, 3], [1, 3]) },
        .init("too few rows", "op.range") { $0.inputs[5] = int32([0, 1], [1, 2]) },
        .init("more positions than room", "op.range") { $0.inputs[7] = int32([33], [1]) },
        .init("fewer positions than new ones", "op.range") { $0.inputs[7] = int32([19], [1]) },
        .init("a row of too many", "op.range") {
            $0.inputs[7] = int32([32], [1])
            $0.inputs[8] = int32([40], [1])
        },
        .init("a negative row", "op.range") {
            $0.inputs[7] = int32([32], [1])
            $0.inputs[8] = int32([-5], [1])
        },
        .init("layouts that heads do not fill", "op.shape") {
            $0.inputs[5] = int32([0, 1, 3, 0, 1, 3, 0, 1, 3], [3, 3])
            $0.inputs[6] = int32([0, 0, 1, 0, 0, 1, 0, 0, 1], [3, 3])
        },
        .init("value left out", "input.missing") { $0.inputs[2] = nil },
        .init("rotary without tables", "input.missing") { $0.attributes["do_rotary"] = .int(1) },
        .init("past of another head size", "op.shape") { $0.inputs[3] = noise([1, 1, 32, 8]) },
    ]

    @Test func runs() { #expect(Self.node.errorCode() == nil) }

    @Test(arguments: refusals) func refuses(_ refusal: Refusal) {
        #expect(refusal.codeOfChanged(Self.node) == refusal.code)
    }
}
