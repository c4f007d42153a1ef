// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import Testing

/// MatMulIntegerToFloat and DynamicQuantizeMatMul, which share their right-hand side.
@Suite struct MatMulIntegerToFloatTests {
    static var node: ContributedNode {
        ContributedNode(
            name: "MatMulIntegerToFloat",
            inputs: [noiseBytes([3, 8]), noiseBytes([8, 4]), noise([1]), noise([4])])
    }

    static var dynamic: ContributedNode {
        ContributedNode(
            name: "DynamicQuantizeMatMul", inputs: [noise([3, 8]), noiseBytes([8, 4]), noise([4])])
    }

    static let refusals: [Refusal] = [
        .init("a_scale by row", "op.shape") { $0.inputs[2] = noise([3]) },
        .init("b_scale of another length", "op.shape") { $0.inputs[3] = noise([3]) },
        .init("inner dimensions", "op.shape") { $0.inputs[1] = noiseBytes([7, 4]) },
        .init("A of floats", "tensor.dtype_unsupported") { $0.inputs[0] = noise([3, 8]) },
        .init("B of floats", "tensor.dtype_unsupported") { $0.inputs[1] = noise([8, 4]) },
        .init("bias of another length", "op.shape") { $0.inputs += [nil, nil, noise([3])] },
        .init("zero point of another type", "op.shape") { $0.inputs += [noise([1])] },
    ]

    @Test func runs() {
        #expect(Self.node.errorCode() == nil)
        #expect(Self.dynamic.errorCode() == nil)
    }

    @Test(arguments: refusals) func refuses(_ refusal: Refusal) {
        #expect(refusal.codeOfChanged(Self.node) == refusal.code)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func quantizesWhatIsNoNumber(_ number: Float) {
        var node = Self.dynamic
        node.inputs[0] = try? Tensor([Float](repeating: number, count: 24), shape: [3, 8])
        #expect(node.errorCode() == nil)
    }

    @Test func emptyRows() throws {
        var node = Self.dynamic
        node.inputs[0] = noise([0, 8])
        #expect(try #require(try node.run()[0]).shape.dimensions == [0, 4])
    }
}
