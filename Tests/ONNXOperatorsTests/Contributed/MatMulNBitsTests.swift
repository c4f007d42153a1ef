// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXKernels
import ONNXTensors
import Testing

@Suite struct MatMulNBitsTests {
    /// K 64, N 8, 4 bits, blocks of 32.
    static var valid: ContributedNode {
        ContributedNode(
            name: "MatMulNBits",
            attributes: ["K": .int(64), "N": .int(8), "bits": .int(4), "block_size": .int(32)],
            inputs: [
                noise([3, 64]), noiseBytes([8, 2, 16]), noise([8, 2], seed: 2), noiseBytes([8, 1], seed: 3),
                nil,
                noise([8], seed: 4),
            ], constants: [1, 2, 3, 4, 5])
    }

    static let refusals: [Refusal] = [
        .init("bits 3", "attr.value") { $0.attributes["bits"] = .int(3) },
        .init("bits 0", "attr.value") { $0.attributes["bits"] = .int(0) },
        .init("block_size 0", "attr.value") { $0.attributes["block_size"] = .int(0) },
        .init("block_size -16", "attr.value") { $0.attributes["block_size"] = .int(-16) },
        .init("block_size 8", "attr.value") { $0.attributes["block_size"] = .int(8) },
        .init("block_size 12", "attr.value") { $0.attributes["block_size"] = .int(12) },
        .init("block_size 512, weights of 32", "op.shape") { $0.attributes["block_size"] = .int(512) },
        .init("block_size enormous", "attr.value") { $0.attributes["block_size"] = .int(1 << 40) },
        .init("block_size missing", "attr.missing") { $0.attributes["block_size"] = nil },
        .init("K missing", "attr.missing") { $0.attributes["K"] = nil },
        .init("K 0", "attr.value") { $0.attributes["K"] = .int(0) },
        .init("K negative", "attr.value") { $0.attributes["K"] = .int(-64) },
        .init("N 0", "attr.value") { $0.attributes["N"] = .int(0) },
        .init("K and N enormous", "tensor.overflow") {
            $0.attributes["K"] = .int(Int.max)
            $0.attributes["N"] = .int(Int.max)
        },
        .init("accuracy_level 5", "attr.value") { $0.attributes["accuracy_level"] = .int(5) },
        .init("weight_prepacked", "attr.unsupported") { $0.attributes["weight_prepacked"] = .int(1) },
        .init("unknown attribute", "op.attribute_unsupported") { $0.attributes["sparsity"] = .int(1) },
        .init("attribute of another kind", "attr.type") { $0.attributes["K"] = .float(64) },
        .init("B in two dimensions", "op.shape") { $0.inputs[1] = noiseBytes([8, 32]) },
        .init("B too short", "op.shape") { $0.inputs[1] = noiseBytes([8, 2, 15]) },
        .init("B of fewer rows", "op.shape") { $0.inputs[1] = noiseBytes([7, 2, 16]) },
        .init("B empty", "op.shape") { $0.inputs[1] = noiseBytes([0, 2, 16]) },
        .init("B of floats", "tensor.dtype_unsupported") { $0.inputs[1] = noise([8, 2, 16]) },
        .init("scales too few", "op.shape") { $0.inputs[2] = noise([8, 1]) },
        .init("scales flat and too few", "op.shape") { $0.inputs[2] = noise([15]) },
        .init("scales of bytes", "tensor.dtype_unsupported") { $0.inputs[2] = noiseBytes([8, 2]) },
        .init("zero points unpacked bytes", "op.shape") { $0.inputs[3] = noiseBytes([8, 2]) },
        .init("zero points too few", "op.shape") { $0.inputs[3] = noiseBytes([7, 1]) },
        .init("float zero points too few", "op.shape") { $0.inputs[3] = noise([8, 1]) },
        .init("g_idx too short", "op.shape") {
            $0.inputs[4] = try? Tensor([Int32](repeating: 0, count: 63), shape: [63])
        },
        .init("g_idx out of range", "kernel.quantized_matrix") {
            $0.inputs[4] = try? Tensor([Int32](repeating: 2, count: 64), shape: [64])
        },
        .init("g_idx negative", "kernel.quantized_matrix") {
            $0.inputs[4] = try? Tensor([Int32](repeating: -1, count: 64), shape: [64])
        },
        .init("g_idx of floats", "tensor.dtype_unsupported") { $0.inputs[4] = noise([64]) },
        .init("bias too short", "op.shape") { $0.inputs[5] = noise([7]) },
        .init("A of another width", "op.shape") { $0.inputs[0] = noise([3, 63]) },
        .init("A a scalar", "op.shape") { $0.inputs[0] = noise([]) },
        .init("A of bytes", "tensor.dtype_unsupported") { $0.inputs[0] = noiseBytes([3, 64]) },
        .init("scales left out", "input.missing") { $0.inputs[2] = nil },
    ]

    @Test func runs() throws {
        #expect(Self.valid.errorCode() == nil)
    }

    @Test(arguments: refusals) func refuses(_ refusal: Refusal) {
        #expect(refusal.codeOfChanged(Self.valid) == refusal.code)
    }

    /// The weights of a wrong shape are refused before a run, when they are constants.
    @Test func refusesAtLoad() {
        var node = Self.valid
        node.inputs[1] = noiseBytes([8, 2, 15])
        #expect(throws: ONNXError.self) { _ = try node.prepared() }
    }

    /// Weights given at run time give the bits of weights taken in at load.
    @Test(arguments: [0, 4]) func packsAtRunTime(level: Int) throws {
        var node = Self.valid
        node.attributes["accuracy_level"] = .int(level)
        let expected = try #require(try node.run()[0]).values(as: Float.self)
        let operation = try node.prepared()
        #expect(operation.absorbedInputs == [1, 2, 3, 5])
        node.constants = [1]
        #expect(try node.prepared().absorbedInputs.isEmpty)
        #expect(try #require(try node.run()[0]).values(as: Float.self) == expected)
    }

    /// A row's bits do not depend on the rows beside it: of float activations where every row of them is multiplied in
    /// the same way.
    @Test(arguments: KernelSet.current.multipliesTerms ? [0, 4] : [4]) func rowsAreIndependent(level: Int)
        throws
    {
        var node = Self.valid
        node.attributes["accuracy_level"] = .int(level)
        let all = try #require(try node.run()[0]).values(as: Float.self)
        let input = try #require(node.inputs[0]).values(as: Float.self)
        for row in 0..<3 {
            node.inputs[0] = try Tensor(Array(input[row * 64..<row * 64 + 64]), shape: [1, 64])
            #expect(
                try #require(try node.run()[0]).values(as: Float.self) == Array(all[row * 8..<row * 8 + 8]))
        }
    }
}
