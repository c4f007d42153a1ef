// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import Testing

@Suite struct CausalConvWithStateTests {
    static var node: ContributedNode {
        ContributedNode(
            name: "CausalConvWithState",
            inputs: [
                noise([1, 4, 5]), noise([4, 1, 3], seed: 2), noise([4], seed: 3), noise([1, 4, 2], seed: 4),
            ], outputs: [true, true])
    }

    static let refusals: [Refusal] = [
        .init("two spatial dimensions", "attr.unsupported") { $0.attributes["ndim"] = .int(2) },
        .init("dilation 0", "attr.value") { $0.attributes["dilation"] = .int(0) },
        .init("window", "attr.value") { $0.attributes["state_window"] = .int(-1) },
        .init("unknown activation", "attr.value") { $0.attributes["activation"] = .string("relu") },
        .init("slices of channels", "attr.unsupported") { $0.attributes["input_channels"] = .int(2) },
        .init("weight of other channels", "op.shape") { $0.inputs[1] = noise([3, 1, 3]) },
        .init("no taps", "op.shape") { $0.inputs[1] = noise([4, 1, 0]) },
        .init("bias of another length", "op.shape") { $0.inputs[2] = noise([3]) },
        .init("state of another length", "op.shape") { $0.inputs[3] = noise([1, 4, 3]) },
        .init("state for a dilation", "op.shape") { $0.attributes["dilation"] = .int(2) },
        .init("reach beyond memory", "op.range") {
            $0.attributes["dilation"] = .int(1 << 30)
            $0.inputs[1] = noise([4, 1, 2048])
        },
        .init("input in two dimensions", "op.shape") { $0.inputs[0] = noise([4, 5]) },
    ]

    @Test func runs() { #expect(Self.node.errorCode() == nil) }

    @Test(arguments: refusals) func refuses(_ refusal: Refusal) {
        #expect(refusal.codeOfChanged(Self.node) == refusal.code)
    }

    /// Without positions the state stays.
    @Test func noPositions() throws {
        var node = Self.node
        node.inputs[0] = noise([1, 4, 0])
        let outputs = try node.run()
        let (state, past) = (try #require(outputs[1]), try #require(node.inputs[3]))
        #expect(try state.values(as: Float.self) == past.values(as: Float.self))
    }
}
