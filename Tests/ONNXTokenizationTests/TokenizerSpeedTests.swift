// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXJSON
import ONNXTestSupport
import ONNXTokenization
import Testing

/// No text and no file makes encoding superlinear. The bounds are wide and in processor time: they catch quadratic growth,
/// not a slow or busy machine.
@Suite(.serialized) struct TokenizerSpeedTests {
    static let kinds = [
        "a", " ", "\n", "A", "é", "中", "😀", "'", "1", "^", "\u{301}", "aA", "x y", "\r\n", "<|end|", "ab",
        "▁", "\u{AD}", " x",
    ]

    @Test(arguments: GeneratedFixtures.trained)
    func longRunsTakeLinearTime(_ name: String) throws {
        let tokenizer = try Tokenizer(contentsOf: GeneratedFixtures.path(of: name))
        #if DEBUG
            let size = 1 << 14
        #else
            let size = 1 << 16
        #endif
        for kind in Self.kinds { try check(tokenizer, kind, size: size, limit: 2) }
    }

    /// At most a second for each MB.
    @Test(arguments: ["a", " ", "ab", "<|im_start", "aéA1 "])
    func longTextsTakeASecondForEachMegabyte(_ kind: String) throws {
        guard let model = TestEnvironment.defaultModel else {
            print("skipped: ONNXLM_TEST_MODEL does not name the default model's folder")
            return
        }
        try check(try Tokenizer(folder: model), kind, size: 8 << 20, limit: 8)
        let names = ["llama2", "o200k", "unigram-bytes", "deepseek"]
        for name in names where kind.utf8.count < 3 {
            let tokenizer = try Tokenizer(contentsOf: GeneratedFixtures.path(of: name))
            try check(tokenizer, kind, size: 8 << 20, limit: 8)
        }
    }

    /// Added tokens that share long beginnings and ends with each other and with the text, but are not in it.
    @Test(arguments: [false, true])
    func longAddedTokensStayLinear(_ areSpecial: Bool) throws {
        let run = String(repeating: "a", count: 60_000)
        let contents = [run + "b", run + "c", "b" + run, String(run.dropLast(100)) + "<", "aaab" + run]
        let added = contents.enumerated().map { index, content in
            #"{"id":\#(200 + index),"content":"\#(content)","special":\#(areSpecial),"normalized":false,"lstrip":true,"rstrip":true}"#
        }
        let text = TokenizerErrorTests.file(added: "[\(added.joined(separator: ","))]")
        let tokenizer = try TokenizerErrorTests.load(text)
        try check(tokenizer, "a", size: 4 << 20, limit: 4)
        try check(tokenizer, String(run.dropFirst()) + " ", size: 4 << 20, limit: 4)
        let mixed = (0..<64).map {
            TextSegment(String(repeating: "a", count: 1 << 15), isTrusted: $0 % 2 == 0)
        }
        let time = try processorTime { _ = try tokenizer.encode(segments: mixed) }
        #expect(time < 4, "segments take \(time) s")
    }

    /// Tokens of white space that take white space along.
    @Test func addedSpacesStayLinear() throws {
        let added = #"[{"id":200,"content":"  ","normalized":false,"lstrip":true,"rstrip":true}]"#
        let tokenizer = try TokenizerErrorTests.load(TokenizerErrorTests.file(added: added))
        for kind in [" ", "\n  "] {
            let text = String(repeating: kind, count: (4 << 20) / kind.utf8.count)
            let time = try processorTime { _ = try tokenizer.encode(text) }
            #expect(time < 4, "\(kind.debugDescription) takes \(time) s")
        }
    }

    /// Expressions over which a backtracking engine would take quadratic or exponential time.
    @Test(arguments: [
        #"(?:a|aa)+b"#, #"(?:a*a)*b|c"#, #"a*a*a*a*b"#, #"(?:(?:a+)+)+b"#, #"a++b"#, #"a+?b|a{2,9}(?=b)"#,
        #"[^b]+b|\s+(?!\S)"#,
    ])
    func expressionsStayLinear(_ expression: String) throws {
        let escaped = expression.replacing("\\", with: "\\\\")
        let pre = #"""
            {"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\#(escaped)"},"behavior":"Isolated",
            "invert":false},{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}
            """#
        let tokenizer: Tokenizer
        do { tokenizer = try TokenizerErrorTests.load(TokenizerErrorTests.file(pre: pre)) } catch {
            #expect("\(error)".contains("tokenizer.regex_unsupported"))
            return
        }
        try check(tokenizer, "a", size: 1 << 20, limit: 2)
    }

    /// Loading is compared with one pass over the same file in the same run, so that a slow machine changes nothing.
    @Test func aLargeVocabularyLoadsInAFewPassesOverItsFile() throws {
        let path = GeneratedFixtures.folder + "/phi4-mini.tokenizer.json"
        guard GeneratedFixtures.exists(path) else {
            print("skipped: Scripts/tokenizers.sh makes \(path)")
            return
        }
        let bytes = try FileBytes.read(path, byteLimit: 64 << 20)
        var pass = 100.0
        var load = 100.0
        for _ in 0..<4 {
            let once = try processorTime {
                try bytes.withUnsafeBytes { buffer in
                    var reader = try JSONReader(buffer)
                    try reader.skipValue()
                }
            }
            pass = min(pass, once)
            load = min(load, try processorTime { _ = try Tokenizer(contentsOf: path) })
        }
        print("phi4-mini: loads in \(load) s, \(load / pass) times a pass over its \(bytes.count) bytes")
        #if !DEBUG
            #expect(load / pass < Self.mostPasses)
        #endif
    }

    private static let mostPasses = 9.0

    private func check(_ tokenizer: Tokenizer, _ kind: String, size: Int, limit: Double) throws {
        let text = String(repeating: kind, count: size / kind.utf8.count)
        var ids: [Int] = []
        let time = try processorTime {
            ids = try tokenizer.encode(text, addSpecialTokens: false, parseSpecial: true)
        }
        #expect(time < limit, "\(size >> 10) KiB of \(kind.prefix(20).debugDescription) take \(time) s")
        if kind.contains("a") { #expect(!ids.isEmpty) }
    }
}
