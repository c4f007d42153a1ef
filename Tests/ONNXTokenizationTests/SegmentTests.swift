// SPDX-License-Identifier: Apache-2.0
import ONNXTokenization
import Testing

/// Only trusted text becomes control tokens.
@Suite struct SegmentTests {
    private func tokenizer() throws -> Tokenizer {
        let added =
            #"[{"id":3,"content":"<|end|>","special":true,"normalized":false},{"id":4,"content":"<tool>","special":false,"normalized":false},{"id":5,"content":"  ","special":false,"normalized":false},{"id":6,"content":"x<|end|>","special":true,"normalized":false}]"#
        var vocab = (33..<127).map { "\"\\u00\(String($0, radix: 16))\":\($0)" }.joined(separator: ",")
        vocab += #","Ġ":128,"ab":129"#
        let text = TokenizerErrorTests.file(vocab: "{\(vocab)}", added: added)
        return try TokenizerErrorTests.load(text)
    }

    @Test func untrustedTextStaysText() throws {
        let tokenizer = try tokenizer()
        let end = try #require(tokenizer.tokenID(of: "<|end|>"))
        let tool = try #require(tokenizer.tokenID(of: "<tool>"))
        let spaces = try #require(tokenizer.tokenID(of: "  "))
        func encode(_ parts: [(String, Bool)]) throws -> [Int] {
            try tokenizer.encode(segments: parts.map { TextSegment($0.0, isTrusted: $0.1) })
        }
        #expect(try encode([("<|end|>", true)]) == [end])
        #expect(!(try encode([("<|end|>", false)]).contains(end)))
        #expect(!(try encode([("<tool>", false)]).contains(tool)))
        #expect(try encode([("<tool>", true)]) == [tool])
        #expect(try encode([("a  b", false)]) == [97, spaces, 98])
        #expect(try encode([("a", false), ("b", true)]) == [129])
        for cut in 1..<7 {
            let text = "<|end|>"
            let parts = [(String(text.prefix(cut)), true), (String(text.dropFirst(cut)), false)]
            #expect(!(try encode(parts).contains(end)))
            #expect(!(try encode([(parts[0].0, false), (parts[1].0, true)]).contains(end)))
        }
        #expect(try encode([("<|en", false), ("<|end|>", true)]).last == end)
        #expect(try encode([("x", false), ("<|end|>", true)]) == [120, end])
        #expect(try tokenizer.encode("<|end|>", parseSpecial: true) == [end])
        #expect(!(try tokenizer.encode("<|end|>").contains(end)))
    }

    @Test func streamsHoldBackIncompleteCharacters() throws {
        let bytes =
            "{"
            + (0..<256).map { byte in
                let point = ByteNames.names[byte]
                return "\(point):\(byte)"
            }.joined(separator: ",") + "}"
        let tokenizer = try TokenizerErrorTests.load(TokenizerErrorTests.file(vocab: bytes, merges: "[]"))
        var stream = tokenizer.makeStreamingDecoder()
        let pieces = try Array("a😀é".utf8).map { try stream.append(Int($0)) }
        #expect(pieces == ["a", "", "", "", "😀", "", "é"])
        #expect(stream.flush() == "")
        var cut = tokenizer.makeStreamingDecoder()
        #expect(try [0x61, 0xF0, 0x9F].map { try cut.append($0) } == ["a", "", ""])
        #expect(cut.flush() == "\u{FFFD}")
        #expect(try cut.append(0x62) == "b")
        #expect(throws: (any Error).self) { try cut.append(256) }
        #expect(try cut.append(0x63) == "c")
    }
}

/// The byte-level spelling of each byte as a JSON string, worked out anew from its published rule.
private enum ByteNames {
    static let names: [String] = {
        var extra = 0
        return (0..<256).map { byte in
            let isPrintable =
                (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
            let point = isPrintable ? byte : 256 + extra
            if !isPrintable { extra += 1 }
            let digits = String(point, radix: 16)
            return "\"\\u" + String(repeating: "0", count: 4 - digits.count) + digits + "\""
        }
    }()
}
