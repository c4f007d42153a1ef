// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXImport
import ONNXTensors
import Testing

/// Rows T of the catalogue of bad inputs that concern tensors inside the model file.
struct TensorConverterTests {
    private static let huge = 1 << 62

    static let cases: [ErrorCase] = [
        row("T01 negative dimension", "tensor.negative_dim", 1, [2, -1], Wire()),
        row("T02 count overflows", "tensor.overflow", 1, [1 << 40, 1 << 40], Wire()),
        row("T03 size overflows", "tensor.overflow", 11, [1 << 61], Wire()),
        row("T04 empty with a huge dimension", "tensor.overflow", 1, [0, huge], Wire()),
        row("T04 empty with a large dimension", nil, 1, [0, 1 << 32], Wire()),
        row("T05 rank 64", nil, 1, [Int](repeating: 1, count: 64), Wire().data(9, [0, 0, 0, 0])),
        row("T05 rank 65", "tensor.rank", 1, [Int](repeating: 1, count: 65), Wire()),
        row("T06 raw_data short by 1", "tensor.size", 1, [2], raw(7), mentions: ["8", "7"]),
        row("T06 raw_data long by 1", "tensor.size", 1, [2], raw(9)),
        row("T06 no data", "tensor.size", 1, [2], Wire()),
        row("T06 float_data short", "tensor.size", 1, [2], Wire().float(4, 1)),
        row("T07 raw_data and float_data", "tensor.two_sources", 1, [1], raw(4).float(4, 1)),
        row("T07 float_data and int32_data", "tensor.two_sources", 1, [1], Wire().float(4, 1).number(5, 1)),
        row("T08 no type", "tensor.dtype", 0, [1], raw(4)),
        row("T09 float_data for int64", "tensor.field", 7, [1], Wire().float(4, 1), mentions: ["int64_data"]),
        row("T09 int64_data for int32", "tensor.field", 6, [1], Wire().number(7, 1)),
        row("T10 uint8 256", "tensor.value_range", 2, [1], Wire().number(5, 256)),
        row("T10 uint8 -1", "tensor.value_range", 2, [1], Wire().number(5, -1)),
        row("T10 uint8 255", nil, 2, [1], Wire().number(5, 255)),
        row("T10 int8 128", "tensor.value_range", 3, [1], Wire().number(5, 128)),
        row("T10 int4 pair 256", "tensor.value_range", 22, [2], Wire().number(5, 256)),
        row("T10 bool 2", "tensor.value_range", 9, [1], Wire().number(5, 2)),
        row("T10 float16 65536", "tensor.value_range", 10, [1], Wire().number(5, 65536)),
        row("T10 uint32 2^32", "tensor.value_range", 12, [1], Wire().number(11, 1 << 32)),
        row("T11 strings in raw_data", "tensor.string_raw", 8, [1], raw(4)),
        row("T12 int4, 1 element", nil, 22, [1], raw(1)),
        row("T12 int4, 3 elements", nil, 22, [3], raw(2)),
        row("T12 int4, 257 elements", nil, 22, [257], raw(129)),
        row("T12 int4, 257 elements, short", "tensor.size", 22, [257], raw(128)),
        row("T12 int2, 5 elements", nil, 26, [5], raw(2)),
        row("T13 complex", "tensor.dtype_unsupported", 14, [1], raw(8)),
        row("T13 6-bit float", "tensor.dtype_unsupported", 27, [1], raw(1)),
        row("a segment", "tensor.segment", 1, [1], raw(4).message(3, Wire().number(1, 0))),
        ErrorCase(
            "T14 sparse initializer", "sparse.unsupported",
            Messages.model(graph: Messages.graph().message(15, Wire()))),
        row("T15 external and raw_data", "external_data.two_sources", 1, [1], raw(4).number(14, 1)),
        row("T16 external, no location", "external_data.no_location", 1, [1], Wire().number(14, 1)),
        row(
            "T16 external without a folder", "external_data.no_folder", 1, [1],
            Messages.external([("location", "a")])),
        row("external strings", "tensor.string_raw", 8, [1], Messages.external([("location", "a")])),
    ]

    @Test(arguments: cases) func verdict(_ row: ErrorCase) {
        expect(row.code, mentions: row.mentions, row.name) { () throws(ONNXError) in
            try ModelReader.load(bytes: row.bytes)
        }
    }

    private static func row(
        _ name: String, _ code: ONNXError.Code?, _ type: Int, _ dimensions: [Int], _ rest: Wire,
        mentions: [String] = []
    ) -> ErrorCase {
        ErrorCase(
            name, code, Messages.model(tensor: Messages.tensor("w", type, dimensions, rest)),
            mentions: code == nil ? [] : mentions + ["tensor \"w\""])
    }

    private static func raw(_ count: Int) -> Wire { Wire().data(9, [UInt8](repeating: 0, count: count)) }

    private func load(_ type: Int, _ dimensions: [Int], _ rest: Wire) throws -> Tensor {
        let bytes = Messages.model(tensor: Messages.tensor("w", type, dimensions, rest)).bytes
        return try #require(ModelReader.load(bytes: bytes).graph.initializers["w"])
    }

    @Test func readsTypedFields() throws {
        #expect(try load(1, [2], Wire().float(4, 1.5).float(4, -2)).values(as: Float.self) == [1.5, -2])
        #expect(try load(1, [2], Wire().data(4, bytes(of: [Float(1), 2]))).values(as: Float.self) == [1, 2])
        #expect(
            try load(7, [3], Wire().number(7, -1).number(7, .max).number(7, .min)).values(as: Int64.self) == [
                -1, .max, .min,
            ])
        #expect(try load(7, [2], Wire().data(7, [1, 0x80, 1])).values(as: Int64.self) == [1, 128])
        #expect(try load(6, [2], Wire().number(5, -7).number(5, 7)).values(as: Int32.self) == [-7, 7])
        #expect(try load(3, [2], Wire().number(5, -128).number(5, 127)).values(as: Int8.self) == [-128, 127])
        #expect(try load(4, [1], Wire().number(5, 65535)).values(as: UInt16.self) == [65535])
        #expect(try load(5, [1], Wire().number(5, -32768)).values(as: Int16.self) == [-32768])
        #expect(try load(9, [2], Wire().number(5, 1).number(5, 0)).values(as: Bool.self) == [true, false])
        #expect(try load(12, [1], Wire().number(11, 4_294_967_295)).values(as: UInt32.self) == [.max])
        #expect(try load(13, [1], Wire().number(11, -1)).values(as: UInt64.self) == [.max])
        #expect(try load(11, [1], Wire().data(10, bytes(of: [2.5]))).values(as: Double.self) == [2.5])
        #expect(try load(8, [2], Wire().text(6, "a").text(6, "")).strings() == ["a", ""])
        #expect(try load(10, [1], Wire().number(5, 0x3C00)).withUnsafeBytes { Array($0) } == [0x00, 0x3C])
        #expect(
            try load(22, [3], Wire().number(5, 0x21).number(5, 0x0F)).withUnsafeBytes { Array($0) } == [
                0x21, 0x0F,
            ])
    }

    @Test func makesBooleansOfAnyByte() throws {
        #expect(
            try load(9, [4], Wire().data(9, [0, 1, 2, 255])).values(as: Bool.self) == [
                false, true, true, true,
            ])
    }

    @Test func keepsEmptyTensors() throws {
        #expect(try load(1, [0, 3], Wire()).shape.dimensions == [0, 3])
        #expect(try load(8, [0], Wire()).strings() == [])
        #expect(try load(1, [0], Wire().data(9, [])).values(as: Float.self) == [])
    }

    @Test(arguments: [ElementType.int4, .uint4, .int2, .uint2, .float4e2m1])
    func packsSmallElements(type: ElementType) throws {
        for count in 1...257 {
            let needed = (count * type.bitWidth + 7) / 8
            let tensor = try load(Int(type.rawValue), [count], Self.raw(needed))
            #expect(tensor.byteCount == needed)
        }
    }
}
