// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import Testing

@Suite struct SkipSimplifiedLayerNormalizationTests {
    static var rms: ContributedNode {
        ContributedNode(
            name: "SkipSimplifiedLayerNormalization", attributes: ["epsilon": .float(1e-5)],
            inputs: [
                noise([2, 3, 8]), noise([2, 3, 8], seed: 2), noise([8], seed: 3), noise([8], seed: 4),
            ],
            outputs: [true, false, false, true])
    }

    static let refusals: [Refusal] = [
        .init("epsilon negative", "attr.value") { $0.attributes["epsilon"] = .float(-1) },
        .init("epsilon NaN", "attr.value") { $0.attributes["epsilon"] = .float(.nan) },
        .init("skip of another width", "op.shape") { $0.inputs[1] = noise([2, 3, 7]) },
        .init("skip of another batch", "op.shape") { $0.inputs[1] = noise([3, 3, 8]) },
        .init("skip of fewer rows", "op.shape") { $0.inputs[1] = noise([2, 1, 8]) },
        .init("gamma of another length", "op.shape") { $0.inputs[2] = noise([7]) },
        .init("gamma in two dimensions", "op.shape") { $0.inputs[2] = noise([1, 8]) },
        .init("bias of another length", "op.shape") { $0.inputs[3] = noise([9]) },
        .init("input in one dimension", "op.shape") {
            $0.inputs[0] = noise([8])
            $0.inputs[1] = noise([8])
        },
        .init("width 0", "op.shape") {
            $0.inputs[0] = noise([2, 3, 0])
            $0.inputs[1] = noise([2, 3, 0])
        },
        .init("gamma left out", "input.missing") { $0.inputs[2] = nil },
        .init("input of bytes", "tensor.dtype_unsupported") { $0.inputs[0] = noiseBytes([2, 3, 8]) },
    ]

    @Test func runs() { #expect(Self.rms.errorCode() == nil) }

    @Test(arguments: refusals) func refuses(_ refusal: Refusal) {
        #expect(refusal.codeOfChanged(Self.rms) == refusal.code)
    }

    /// The factor before gamma, by hand: rows of equal numbers.
    @Test func statistics() throws {
        var node = Self.rms
        node.inputs = [f([1, 1, 3, 3], [2, 2]), f([1, 1, 1, 1], [2, 2]), f([1, 2])]
        node.attributes["epsilon"] = .float(0)
        node.outputs = [true, true, true]
        let results = try node.run()
        #expect(try results[0]?.values(as: Float.self) == [1, 2, 1, 2])
        #expect(try results[1]?.values(as: Float.self) == [0, 0])
        #expect(try results[2]?.values(as: Float.self) == [0.5, 0.25])
        #expect(results[2]?.shape.dimensions == [2, 1])
    }

    @Test func emptyBatch() throws {
        var node = Self.rms
        node.inputs[0] = noise([0, 3, 8])
        node.inputs[1] = noise([0, 3, 8])
        #expect(try #require(try node.run()[0]).shape.dimensions == [0, 3, 8])
    }
}
