// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXImport
import Testing

/// Rows P of the catalogue of bad inputs: protobuf that must be refused before it is unpacked.
struct WireScanTests {
    static let good = Messages.model(graph: Messages.graph())

    static let cases: [ErrorCase] = [
        ErrorCase("a model", nil, good),
        ErrorCase(
            "P01 varint without end", "proto.bad_varint", good.raw([UInt8](repeating: 0xFF, count: 10))),
        ErrorCase("P01 varint cut off", "proto.bad_varint", good.raw([0x08, 0xFF])),
        ErrorCase(
            "P01 varint of 70 bits", "proto.bad_varint",
            good.raw([0x08] + [UInt8](repeating: 0xFF, count: 9) + [0x7F])),
        ErrorCase(
            "P02 field 0", "proto.bad_tag", good.raw([0x00, 0x01]), mentions: ["byte \(good.bytes.count)"]),
        ErrorCase("P02 field 2^29", "proto.bad_tag", good.raw(Wire.varint(1 << 32))),
        ErrorCase("F09 trailing byte", "proto.bad_tag", good.raw([0x00])),
        ErrorCase("P03 group start", "proto.bad_wire_type", good.raw(Wire.tag(1, 3))),
        ErrorCase("P03 group end", "proto.bad_wire_type", good.raw(Wire.tag(100, 4))),
        ErrorCase("P03 wire type 6", "proto.bad_wire_type", good.raw(Wire.tag(1, 6))),
        ErrorCase("P03 wire type 7", "proto.bad_wire_type", good.raw(Wire.tag(7, 7))),
        ErrorCase("P04 length past end", "proto.length", good.raw(Wire.tag(2, 2) + [5, 1])),
        ErrorCase(
            "P04 length past end of message", "proto.length",
            Wire().data(7, Wire.tag(2, 2) + [5, 1]).text(2, "xxxxxxx")),
        ErrorCase("P04 fixed number past end", "proto.length", good.raw(Wire.tag(99, 1) + [1, 2])),
        ErrorCase("P05 length 2^31", "proto.length", good.raw(Wire.tag(2, 2) + Wire.varint(1 << 31))),
        ErrorCase("P05 length 2^32+5", "proto.length", good.raw(Wire.tag(2, 2) + Wire.varint(1 << 32 + 5))),
        ErrorCase("P05 length 2^63", "proto.length", good.raw(Wire.tag(2, 2) + Wire.varint(1 << 63))),
        ErrorCase("P08 graph twice", "proto.duplicate_field", good.message(7, Messages.graph())),
        ErrorCase("P09 graph as number", "proto.wire_type_mismatch", good.number(7, 1), mentions: ["graph"]),
        ErrorCase(
            "P09 version as text", "proto.wire_type_mismatch", good.text(1, "8"), mentions: ["ir_version"]),
        ErrorCase("P09 name as float", "proto.wire_type_mismatch", good.float(2, 1)),
        ErrorCase("P10 packed number cut off", "proto.packed", ints([1, 0x80])),
        ErrorCase(
            "P10 packed number of 77 bits", "proto.packed", ints([UInt8](repeating: 0x80, count: 10) + [1])),
        ErrorCase("P10 packed numbers", nil, ints([1, 0x80, 1])),
        ErrorCase("P11 packed floats of 7 bytes", "proto.packed", floats([1, 2, 3, 4, 5, 6, 7])),
        ErrorCase("P11 packed floats", nil, floats([1, 2, 3, 4, 5, 6, 7, 8])),
        ErrorCase("P12 name is no UTF-8", "proto.utf8", good.data(2, [0x61, 0xC0, 0x80])),
        ErrorCase("P12 surrogate", "proto.utf8", good.data(2, [0xED, 0xA0, 0x80])),
        ErrorCase("P12 overlong", "proto.utf8", good.data(2, [0xE0, 0x80, 0x80])),
        ErrorCase("P12 above U+10FFFF", "proto.utf8", good.data(2, [0xF4, 0x90, 0x80, 0x80])),
        ErrorCase("P12 cut off", "proto.utf8", good.data(2, [0xF0, 0x9F, 0x98])),
        ErrorCase("P12 all lengths of UTF-8", nil, good.text(2, "aé€😀\u{7FF}\u{FFFD}\u{10FFFF}")),
        ErrorCase("P13 NUL in a name", "proto.nul", good.text(2, "a\0b")),
        ErrorCase("P13 NUL in an operator", "proto.nul", model(Messages.node("Ident\0ity", ["x"], ["y"]))),
        ErrorCase(
            "P14 unknown fields", nil, good.data(1000, [UInt8](repeating: 7, count: 1 << 20)).number(77, 5)),
        ErrorCase(
            "P14 the reader's private fields", nil,
            model(
                Messages.node("Identity", ["x"], ["y"]),
                tensor: Messages.tensor(
                    "w", 1, [1], Wire().data(9, [0, 0, 128, 63]).number(2001, 9999).number(2002, 9999)))),
        ErrorCase(
            "P15 padded numbers", nil,
            Wire(bytes: [0x88, 0x80, 0x00, 0x88, 0x80, 0x80, 0x00]).raw(good.bytes)),
        ErrorCase("P17 no graph", "model.no_graph", Messages.model(graph: nil)),
        ErrorCase(
            "P18 IR version 0", "model.ir_version", Messages.model(graph: Messages.graph(), irVersion: 0)),
        ErrorCase(
            "P18 IR version 2", "model.ir_version", Messages.model(graph: Messages.graph(), irVersion: 2),
            mentions: ["3 to 14"]),
        ErrorCase(
            "P18 IR version 999", "model.ir_version", Messages.model(graph: Messages.graph(), irVersion: 999)),
        ErrorCase(
            "P18 IR version -1", "model.ir_version", Messages.model(graph: Messages.graph(), irVersion: -1)),
        ErrorCase("P18 IR version 3", nil, Messages.model(graph: Messages.graph(), irVersion: 3)),
        ErrorCase("P18 IR version 13", nil, Messages.model(graph: Messages.graph(), irVersion: 13)),
        ErrorCase("P19 no opset", "model.opset", Messages.model(graph: Messages.graph(), opsets: [])),
        ErrorCase(
            "P19 opset twice", "model.opset",
            Messages.model(graph: Messages.graph(), opsets: [("", 17), ("ai.onnx", 18)])),
        ErrorCase("P19 opset 0", "model.opset", Messages.model(graph: Messages.graph(), opsets: [("", 0)])),
        ErrorCase(
            "P19 opset 9999", "model.opset", Messages.model(graph: Messages.graph(), opsets: [("", 9999)])),
        ErrorCase(
            "P19 opset -1", "model.opset",
            Messages.model(graph: Messages.graph(), opsets: [("com.microsoft", -1)])),
        ErrorCase(
            "P20 attribute type 77", "model.bad_enum",
            model(Messages.node("Identity", ["x"], ["y"], attributes: [Messages.attribute("a", type: 77)])),
            mentions: ["attribute \"a\"", "77"]),
        ErrorCase(
            "P20 data type 200", "model.bad_enum", Messages.model(tensor: Messages.tensor("w", 200, [1])),
            mentions: ["tensor \"w\"", "200"]),
        ErrorCase(
            "P20 value type 200", "model.bad_enum",
            Messages.model(
                graph: Messages.graph().message(13, Messages.value("v", type: Messages.tensorType(200, [])))),
            mentions: ["\"v\""]),
        ErrorCase(
            "P20 data location 7", "model.bad_enum",
            Messages.model(tensor: Messages.tensor("w", 1, [1], Wire().number(14, 7)))),
    ]

    @Test(arguments: cases) func verdict(_ row: ErrorCase) {
        expect(row.code, mentions: row.mentions, row.name) { () throws(ONNXError) in
            try ModelReader.load(bytes: row.bytes)
        }
    }

    /// A chain of messages: the fields' numbers repeat from `loop` on.
    private static func nested(_ first: [Int], loop: [Int], depth: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for level in 0..<depth {
            let field = level < first.count ? first[level] : loop[(level - first.count) % loop.count]
            // Every level but the last takes 6 bytes: a tag and a length of five.
            let length = (depth - 1 - level) * 6
            bytes.append(UInt8(field << 3 | 2))
            for index in 0..<5 {
                bytes.append(UInt8(length >> (7 * index) & 0x7F) | (index < 4 ? 0x80 : 0))
            }
        }
        return bytes
    }

    @Test(arguments: [101, 10_000, 1_000_000])
    func refusesDeepMessages(depth: Int) {
        let graphs = Self.nested([7], loop: [1, 5, 6], depth: depth)
        expect("proto.too_deep", "graphs") { () throws(ONNXError) in try ModelReader.load(bytes: graphs) }
        let types = Self.nested([7, 11, 2], loop: [4, 1], depth: depth)
        expect("proto.too_deep", "types") { () throws(ONNXError) in try ModelReader.load(bytes: types) }
    }

    @Test func acceptsMessagesUpToTheLimit() throws {
        for depth in [99, 100] {
            let types = Self.nested([7, 11, 2], loop: [4, 1], depth: depth)
            let result = try scan(types)
            #expect(result.count(.type) > 40)
        }
    }

    @Test func countsEveryKind() {
        var limits = ImportLimits()
        limits.tensors = 3
        limits.valueInfos = 4
        limits.functions = 2
        limits.otherMessages = 6
        func check(_ code: ONNXError.Code?, _ field: Int, inGraph: Bool, _ count: Int) {
            let content = Wire().messages(field, [Wire](repeating: Wire(), count: count))
            let wire = inGraph ? Wire().message(7, content) : content
            expect(code, "field \(field) × \(count)") { () throws(ONNXError) in
                try scan(wire.bytes, limits: limits)
            }
        }
        check(nil, 5, inGraph: true, 3)
        check("proto.too_many", 5, inGraph: true, 4)
        check(nil, 13, inGraph: true, 4)
        check("proto.too_many", 13, inGraph: true, 5)
        check(nil, 25, inGraph: false, 2)
        check("proto.too_many", 25, inGraph: false, 3)
        check(nil, 14, inGraph: false, 6)
        check("proto.too_many", 14, inGraph: false, 7)
    }

    @Test func findsNullAndBrokenTextAtEveryPlace() {
        for length in 1...20 {
            for place in 0..<length {
                var text = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                text[place] = 0
                expect("proto.nul", "\(place) of \(length)") { () throws(ONNXError) in
                    try scan(Wire().data(2, text).bytes)
                }
                text[place] = 0x80
                expect("proto.utf8", "\(place) of \(length)") { () throws(ONNXError) in
                    try scan(Wire().data(2, text).bytes)
                }
            }
        }
    }

    @Test func countsNodes() {
        var options = ImportOptions()
        options.limits.nodes = 3
        for count in 2...4 {
            let nodes = (0..<count).map { Messages.node("Identity", ["x"], [$0 == 0 ? "y" : "v\($0)"]) }
            let bytes = Messages.model(graph: Messages.graph(nodes: nodes)).bytes
            expect(count > 3 ? "graph.too_many_nodes" : nil, "\(count) nodes") { () throws(ONNXError) in
                try ModelReader.load(bytes: bytes, options: options)
            }
        }
    }

    @Test func keepsPayloadsOutOfTheCopy() throws {
        let payload = [UInt8](repeating: 1, count: 1 << 20)
        let tensor = Messages.tensor("w", 2, [1 << 20], Wire().data(9, payload))
        let bytes = Messages.model(tensor: tensor).text(6, String(repeating: "d", count: 100_000)).bytes
        let result = try scan(bytes)
        #expect(result.payloadByteCount == 1 << 20)
        #expect(result.kept.count < 400)
    }

    private static func model(_ node: Wire, tensor: Wire? = nil) -> Wire {
        Messages.model(graph: Messages.graph(nodes: [node], initializers: tensor.map { [$0] } ?? []))
    }

    private static func ints(_ packed: [UInt8]) -> Wire {
        let attribute = Messages.attribute("a", type: 7, Wire().data(8, packed))
        return model(Messages.node("Identity", ["x"], ["y"], attributes: [attribute]))
    }

    private static func floats(_ packed: [UInt8]) -> Wire {
        let attribute = Messages.attribute("a", type: 6, Wire().data(7, packed))
        return model(Messages.node("Identity", ["x"], ["y"], attributes: [attribute]))
    }
}
