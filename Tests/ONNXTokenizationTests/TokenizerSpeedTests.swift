// SPDX-License-Identifier: Apache-2.0
import ONNXTokenization
import Testing

/// No text makes encoding superlinear. The bounds are wide: they catch quadratic growth, not a slow machine.
@Suite(.serialized) struct TokenizerSpeedTests {
    static let kinds = ["a", " ", "\n", "A", "é", "中", "😀", "'", "1", "^", "\u{301}", "aA", "x y", "\r\n"]

    @Test(arguments: ["llama3", "o200k", "gpt2", "qwen2", "llama2"])
    func longRunsTakeLinearTime(_ name: String) throws {
        let folder = GeneratedFixtures.fixturesFolder + "/tokenizers"
        let tokenizer = try Tokenizer(contentsOf: "\(folder)/\(name).tokenizer.json")
        #if DEBUG
            let size = 1 << 14
        #else
            let size = 1 << 18
        #endif
        for kind in Self.kinds {
            let text = String(repeating: kind, count: size / kind.utf8.count)
            let clock = ContinuousClock()
            var ids: [Int] = []
            let time = try clock.measure { ids = try tokenizer.encode(text, addSpecialTokens: false) }
            #expect(time < .seconds(5), "\(kind.debugDescription) takes \(time)")
            #expect(!ids.isEmpty)
        }
    }

    /// Prints how long a large vocabulary takes to load and how fast the generated texts are encoded.
    @Test(arguments: ["phi4-mini", "smollm2", "llama3"])
    func realVocabulariesLoadAndEncode(_ name: String) throws {
        guard GeneratedFixtures.exists(name) else {
            print("skipped \(name): run Tests/Fixtures/tokenizers/make_tokenizers.py first")
            return
        }
        let path = "\(GeneratedFixtures.folder)/\(name).tokenizer.json"
        let clock = ContinuousClock()
        var loaded = try Tokenizer(contentsOf: path)
        let load = try clock.measure { loaded = try Tokenizer(contentsOf: path) }
        let rows = try GeneratedFixtures.rows("\(GeneratedFixtures.folder)/\(name).rows.jsonl")
        let text = rows.compactMap { $0["text"]?.stringValue }.joined(separator: " ")
        var count = 0
        let encode = try clock.measure { count = try loaded.encode(text).count }
        print("\(name): loads in \(load); \(text.utf8.count) bytes to \(count) ids in \(encode)")
        #expect(count > 0)
        #if !DEBUG
            #expect(load < .seconds(2))
        #endif
    }
}
