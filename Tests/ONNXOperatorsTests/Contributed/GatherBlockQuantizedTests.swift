// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import Testing

@Suite struct GatherBlockQuantizedTests {
    static func indices(_ values: [Int64]) -> Tensor { try! Tensor(values, shape: [values.count]) }

    /// A table of 5 rows of 48 elements, 4 bits, blocks of 16.
    static var valid: ContributedNode {
        ContributedNode(
            name: "GatherBlockQuantized",
            attributes: [
                "bits": .int(4), "block_size": .int(16), "gather_axis": .int(0), "quantize_axis": .int(1),
            ],
            inputs: [
                noiseBytes([5, 24]), indices([0, 4, -5]), noise([5, 3]), noiseBytes([5, 2], seed: 2),
            ],
            constants: [0, 2, 3])
    }

    static let refusals: [Refusal] = [
        .init("index beyond the end", "op.index") { $0.inputs[1] = indices([0, 5]) },
        .init("index before the start", "op.index") { $0.inputs[1] = indices([-6]) },
        .init("index largest", "op.index") { $0.inputs[1] = indices([.max]) },
        .init("index smallest", "op.index") { $0.inputs[1] = indices([.min]) },
        .init("indices of floats", "tensor.dtype_unsupported") { $0.inputs[1] = noise([2]) },
        .init("block_size 0", "attr.value") { $0.attributes["block_size"] = .int(0) },
        .init("block_size -16", "attr.value") { $0.attributes["block_size"] = .int(-16) },
        .init("block_size 24", "attr.value") { $0.attributes["block_size"] = .int(24) },
        .init("block_size enormous", "attr.value") { $0.attributes["block_size"] = .int(1 << 62) },
        .init("bits 3", "attr.value") { $0.attributes["bits"] = .int(3) },
        .init("bits 16", "attr.value") { $0.attributes["bits"] = .int(16) },
        .init("gather_axis of bytes not 0", "attr.value") { $0.attributes["gather_axis"] = .int(1) },
        .init("quantize_axis of bytes not the last", "attr.value") {
            $0.attributes["quantize_axis"] = .int(0)
        },
        .init("gather_axis out of range", "op.axis") { $0.attributes["gather_axis"] = .int(2) },
        .init("quantize_axis out of range", "op.axis") { $0.attributes["quantize_axis"] = .int(-3) },
        .init("scales too few", "op.shape") { $0.inputs[2] = noise([5, 2]) },
        .init("scales of fewer rows", "op.shape") { $0.inputs[2] = noise([4, 3]) },
        .init("scales in one dimension", "op.shape") { $0.inputs[2] = noise([15]) },
        .init("zero points unpacked", "op.shape") { $0.inputs[3] = noiseBytes([5, 3]) },
        .init("zero points of floats", "op.shape") { $0.inputs[3] = noise([5, 2]) },
        .init("data a scalar", "op.shape") { $0.inputs[0] = noiseBytes([]) },
        .init("data of floats", "tensor.dtype_unsupported") { $0.inputs[0] = noise([5, 24]) },
        .init("data empty", "op.index") {
            $0.inputs[0] = noiseBytes([0, 24])
            $0.inputs[2] = noise([0, 3])
            $0.inputs[3] = noiseBytes([0, 2])
        },
        .init("scales left out", "input.missing") { $0.inputs[2] = nil },
    ]

    @Test func runs() { #expect(Self.valid.errorCode() == nil) }

    @Test(arguments: refusals) func refuses(_ refusal: Refusal) {
        #expect(refusal.codeOfChanged(Self.valid) == refusal.code)
    }

    /// uint8 data without zero points has them at half of the range, uint4 data at 0.
    @Test func defaultZeroPoints() throws {
        var node = Self.valid
        node.attributes["bits"] = .int(4)
        node.inputs = [
            try Tensor([UInt8](repeating: 0x88, count: 8), shape: [1, 8]), Self.indices([0]),
            try Tensor([Float(2)], shape: [1, 1]), nil,
        ]
        #expect(try #require(try node.run()[0]).values(as: Float.self) == [Float](repeating: 0, count: 16))
        let nibbles = try #require(node.inputs[0])
        node.inputs[0] = try Tensor(.uint4, Shape([1, 16]), storage: nibbles.storage)
        #expect(try #require(try node.run()[0]).values(as: Float.self) == [Float](repeating: 16, count: 16))
        node.inputs[0] = try Tensor(.int4, Shape([1, 16]), storage: nibbles.storage)
        #expect(try #require(try node.run()[0]).values(as: Float.self) == [Float](repeating: -16, count: 16))
    }
}
