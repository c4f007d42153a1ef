// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXExport
import ONNXGraph
import ONNXTensors
import Testing

@Suite struct ModelEncoderTests {
    @Test func encodesWireTypes() {
        var encoder = WireEncoder()
        encoder.integer(1, 300)
        encoder.integer(2, -1)
        encoder.float(3, 1)
        encoder.string(4, "hé")
        encoder.message(16) { (inner: inout WireEncoder) in inner.integer(1, 0) }
        #expect(
            encoder.bytes == [
                0x08, 0xac, 0x02, 0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x1d, 0,
                0,
                0x80, 0x3f, 0x22, 3, 0x68, 0xc3, 0xa9, 0x82, 0x01, 2, 0x08, 0,
            ])
    }

    @Test func encodesTensorFile() throws {
        let bytes = try TensorFileWriter.encode(Tensor([Int32(1), -2], shape: [2]), name: "y")
        #expect(bytes == [0x08, 2, 0x10, 6, 0x42, 1, 0x79, 0x4a, 8, 1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff])
        let text = try TensorFileWriter.encode(Tensor(strings: ["ab", ""], shape: [1, 2]))
        #expect(text == [0x08, 1, 0x08, 2, 0x10, 8, 0x32, 2, 0x61, 0x62, 0x32, 0])
    }

    @Test func refusesAttributesWithoutValue() {
        let node = Node(
            operatorType: "X", inputs: [], outputs: ["y"], attributes: ["a": .unsupported("TYPES")])
        let model = Model(irVersion: 10, operatorSets: ["": 22], graph: Graph(nodes: [node]))
        let error = #expect(throws: ONNXError.self) { try ModelEncoder.encode(model) }
        #expect(error?.code == "export.unsupported")
        #expect(error?.description.contains("writes \"y\"") == true)
    }

    @Test func alignsTensors() throws {
        let layout = try ExternalDataLayout(
            fileName: "d",
            tensors: [
                ExternalTensor("a", .uint8, [10]), ExternalTensor("b", .float32, [1024]),
                ExternalTensor("c", .uint4, [3]), ExternalTensor("d", .int64, [0]),
            ])
        #expect(layout.entries.map(\.offset) == [0, 4096, 8192, 8256])
        #expect(layout.entries.map(\.tensor.byteCount) == [10, 4096, 2, 0])
        #expect(layout.byteCount == 8256)
    }

    @Test func escapesJSON() {
        let value: JSONOutput = ["a": "x\"\\\n\u{1}é", "b": [1, true, .null, 0.5], "c": [], "d": [:]]
        let text = String(decoding: value.bytes, as: UTF8.self)
        #expect(
            text == """
                {
                    "a": "x\\"\\\\\\n\\u0001é",
                    "b": [
                        1,
                        true,
                        null,
                        0.5
                    ],
                    "c": [],
                    "d": {}
                }

                """)
    }
}
