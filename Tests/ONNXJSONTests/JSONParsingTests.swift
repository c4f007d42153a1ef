// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON
import Testing

@Suite struct JSONParsingTests {
    static let readable: [(String, JSONValue)] = [
        ("null", .null), (" true ", true), ("-0", 0), ("12", 12),
        ("1.5", .number(.real(1.5, literal: "1.5"))),
        ("\"\"", ""), ("[]", .array([])), ("[1, [2], {}]", .array([1, .array([2]), .object([:])])),
        (#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#, "a\"\\/\u{8}\u{c}\n\r\té😀"),
        (#""\ud83d""#, "\u{FFFD}"), (#""\ude00x""#, "\u{FFFD}x"),
        (#"{"a": 1, "b": {"c": []}}"#, .object(["a": 1, "b": .object(["c": .array([])])])),
        ("\"\u{10FFFF}\u{FFFF}\"", "\u{10FFFF}\u{FFFF}"),
    ]

    @Test(arguments: readable.indices)
    func reads(_ index: Int) throws {
        let (text, expected) = Self.readable[index]
        let value = try JSONValue.parse(text)
        #expect(value == expected, "\(text)")
    }

    @Test func keepsOrderAndTheLastOfEqualKeys() throws {
        let value = try JSONValue.parse(#"{"z":1,"é":2,"e\u0301":3,"z":4}"#)
        let object = try #require(value.objectValue)
        #expect(object.keys.map { Array($0.utf8).count } == [1, 2, 3])
        #expect(object["z"] == 4)
        #expect(object["\u{e9}"] == 2)
        #expect(object["e\u{301}"] == 3)
    }

    @Test func keepsNumbersExactly() throws {
        #expect(try JSONValue.parse("9223372036854775807") == .number(.integer(.max)))
        #expect(try JSONValue.parse("-9223372036854775808") == .number(.integer(.min)))
        #expect(try JSONValue.parse("9223372036854775808").jsonText() == "9223372036854775808")
        #expect(try JSONValue.parse("3.0").intValue == 3)
        #expect(try JSONValue.parse("3.5").intValue == nil)
        #expect(try JSONValue.parse("1e400").doubleValue == .infinity)
    }

    @Test(arguments: [
        ("", "json.truncated"), ("{", "json.truncated"), ("[1,", "json.truncated"), ("\"a", "json.truncated"),
        ("tru", "json.truncated"), ("\"\\u12", "json.truncated"),
        ("[1,]", "json.syntax"), ("{\"a\" 1}", "json.syntax"), ("{a:1}", "json.syntax"),
        ("01", "json.syntax"), ("1.", "json.truncated"), ("1.x", "json.syntax"),
        ("+1", "json.syntax"), (".5", "json.syntax"), ("NaN", "json.syntax"), ("'a'", "json.syntax"),
        ("\"\t\"", "json.syntax"), ("\"\\x\"", "json.syntax"),
        ("\"\\u12g4\"", "json.syntax"), ("1 2", "json.syntax"), ("[1 2]", "json.syntax"),
        ("{\"a\":1,}", "json.syntax"), ("\u{FEFF}1", "json.syntax"), ("trux", "json.syntax"),
        ("]", "json.syntax"),
    ])
    func refuses(_ text: String, _ code: String) {
        do throws(ONNXError) {
            _ = try JSONValue.parse(text)
            Issue.record("no error")
        } catch {
            #expect(error.code.rawValue == code, "\(error)")
        }
    }

    @Test(
        arguments: [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
        ] as [[UInt8]])
    func refusesMalformedUTF8(_ bytes: [UInt8]) {
        do throws(ONNXError) {
            _ = try JSONValue.parse([0x22] + bytes + [0x22])
            Issue.record("no error")
        } catch {
            #expect(error.code == "json.invalid_utf8")
        }
    }

    @Test func limitsDepthAndSize() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONValue.parse(nested(512))
        #expect(throws: ONNXError.self) { try JSONValue.parse(nested(513)) }
        _ = try JSONValue.parse(nested(3), limits: JSONLimits(depth: 3))
        _ = try JSONValue.parse(nested(2000), limits: JSONLimits(depth: 1 << 40))
        #expect(throws: ONNXError.self) {
            try JSONValue.parse(nested(100_000), limits: JSONLimits(depth: 1 << 40))
        }
        #expect(throws: ONNXError.self) { try JSONValue.parse("[1]", limits: JSONLimits(byteCount: 2)) }
        _ = try JSONValue.parse("[1]", limits: JSONLimits(byteCount: 3))
    }

    @Test func errorsNameThePlace() {
        do throws(ONNXError) {
            _ = try JSONValue.parse("{\n \"é\": x}")
            Issue.record("no error")
        } catch {
            #expect(error.message.contains("line 2 column 7 (byte 9)"), "\(error)")
        }
    }

    @Test func writesAsPythonDoes() throws {
        let value = try JSONValue.parse(#"{"b":[1,2.0,1e22,1e-7,true,null],"a":"é\u007f😀\n","c":{},"d":[]}"#)
        #expect(
            value.jsonText()
                == "{\"b\":[1,2.0,1e+22,1e-07,true,null],\"a\":\"é\u{7f}😀\\n\",\"c\":{},\"d\":[]}")
        #expect(value.jsonText(style: .python).hasPrefix(#"{"b": [1, 2.0, "#))
        var escaping = JSONStyle.compact
        escaping.escapesNonASCII = true
        #expect(value["a"]?.jsonText(style: escaping) == #""\u00e9\u007f\ud83d\ude00\n""#)
        #expect(
            JSONValue.array([1, [2], []]).jsonText(style: .indented) == "[\n  1,\n  [\n    2\n  ],\n  []\n]")
    }

    @Test func readsOneItemAtATime() throws {
        let bytes = Array(#"{"skip":[1,{"x":"]"}],"k\u0065y":"v\n","n":-5}"#.utf8)
        try bytes.withUnsafeBytes { buffer in
            var reader = try JSONReader(buffer)
            var found: [String] = []
            try reader.beginObject()
            while try reader.nextKey() {
                found.append(reader.key)
                if reader.keyEquals("skip") {
                    try reader.skipValue()
                } else if reader.keyEquals("key") {
                    found.append(try reader.readString())
                } else {
                    found.append(String(try reader.readInt()))
                }
            }
            #expect(found == ["skip", "key", "v\n", "n", "-5"])
            try reader.finish()
        }
    }
}
