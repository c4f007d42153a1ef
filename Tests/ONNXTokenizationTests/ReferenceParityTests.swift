// SPDX-License-Identifier: Apache-2.0
import ONNXJSON
import ONNXTestSupport
import ONNXTokenization
import Testing

/// Ids and texts equal those of the reference on random strings: `make_expectations.py` wrote a checksum of its
/// answers for each block of them.
@Suite struct ReferenceParityTests {
    @Test(arguments: GeneratedFixtures.trained)
    func matchesTheReference(_ name: String) throws {
        let folder = GeneratedFixtures.fixturesFolder + "/tokenizers"
        try check(name, try Tokenizer(contentsOf: GeneratedFixtures.path(of: name)), in: folder + "/expected")
    }

    @Test(arguments: GeneratedFixtures.models)
    func matchesSentencePiece(_ name: String) throws {
        let folder = GeneratedFixtures.fixturesFolder + "/tokenizers"
        let tokenizer = try Tokenizer(contentsOf: GeneratedFixtures.modelPath(of: name))
        try check(name, tokenizer, in: folder + "/expected", isData: true)
    }

    @Test(arguments: GeneratedFixtures.real)
    func matchesTheReferenceOnRealVocabularies(_ name: String) throws {
        let path = GeneratedFixtures.folder + "/\(name).tokenizer.json"
        guard GeneratedFixtures.exists(path) else {
            print("skipped \(name): Scripts/tokenizers.sh makes \(path)")
            return
        }
        let folder = GeneratedFixtures.fixturesFolder + "/tokenizers"
        try check(name, try Tokenizer(contentsOf: path), in: folder + "/expected")
    }

    @Test func matchesTheReferenceOnTheDefaultModel() throws {
        guard let model = TestEnvironment.defaultModel else {
            print("skipped: ONNXLM_TEST_MODEL does not name the default model's folder")
            return
        }
        let folder = GeneratedFixtures.fixturesFolder + "/tokenizers"
        let tokenizer = try Tokenizer(contentsOf: model + "/tokenizer.json")
        try check("smollm2-135m-instruct", tokenizer, in: folder + "/expected")
    }

    /// Longer runs, with expectations that `Scripts/deep/tokenizers` makes: `ONNXLM_TEST_TOKENIZERS` names a folder
    /// with a `list` of lines `NAME PATH` and a file `NAME.expected` for each.
    @Test func matchesTheReferenceOnAskedFor() throws {
        guard let folder = TestEnvironment.value("ONNXLM_TEST_TOKENIZERS") else { return }
        let list = try FileBytes.read(folder + "/list", byteLimit: 1 << 20)
        for line in String(decoding: list, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            try #require(parts.count == 2)
            try check(String(parts[0]), try Tokenizer(contentsOf: String(parts[1])), in: folder)
        }
    }

    /// - Parameter isData: whether nothing in the strings is a special token, and only ids of texts are decoded.
    private func check(_ name: String, _ tokenizer: Tokenizer, in folder: String, isData: Bool = false) throws
    {
        let bytes = try FileBytes.read("\(folder)/\(name).expected", byteLimit: 16 << 20)
        let expected = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        #expect(expected.count >= 400)
        let corpus = try ParityCorpus(names: isData ? [] : tokenizer.addedTokens.map(\.content))
        var differing: [Int] = []
        var printed = ""
        for (number, sum) in expected.enumerated() {
            var answers = ParityAnswers(tokenizer, number, isData: isData)
            for (index, text) in corpus.block(number).enumerated() { try answers.add(text, index) }
            guard UInt32(sum, radix: 16) != answers.checksum.value else { continue }
            differing.append(number)
            if differing.count == 1 { printed = answers.rows.joined(separator: "\n") }
        }
        print("\(name): \(expected.count * ParityCorpus.blockSize) strings, \(differing.count) blocks differ")
        #expect(
            differing.isEmpty,
            """
            \(differing.count) of \(expected.count) blocks differ: \(differing.prefix(20)). Block \(differing.first ?? 0) here, \
            to be compared with `make_expectations.py --show`:
            \(printed)
            """)
    }
}

/// What the tokenizer says to the strings of one block.
struct ParityAnswers {
    private let tokenizer: Tokenizer
    private let number: Int
    private let isData: Bool
    private(set) var checksum = Checksum()
    private(set) var rows: [String] = []

    init(_ tokenizer: Tokenizer, _ number: Int, isData: Bool) {
        self.tokenizer = tokenizer
        self.isData = isData
        self.number = number
    }

    /// Adds the answers to one string, and checks that other ways to the same answers agree with them.
    mutating func add(_ bytes: [UInt8], _ index: Int) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let parsed = try tokenizer.encode(utf8: bytes, addSpecialTokens: !isData, parseSpecial: !isData)
        let data = try tokenizer.encode(text, addSpecialTokens: false, parseSpecial: false)
        let random = ParityCorpus.randomIDs(number, index, bound: tokenizer.idBound)
        let ids = isData ? parsed.filter { !tokenizer.isSpecial($0) } : random ?? parsed
        let decoded = try [false, true].map { try decode(ids, skipping: $0) }
        for numbers in [parsed, data] { checksum.add(numbers + [0xFFFF_FFFF]) }
        for text in decoded { checksum.add(Array(text.utf8) + [0xFF]) }

        let trusted = try tokenizer.encode(
            segments: [TextSegment(text, isTrusted: !isData)], addSpecialTokens: !isData)
        #expect(
            trusted == parsed, "trusted text differs from text with special tokens: \(text.debugDescription)")
        let shown = JSONValue.array(
            [.string(text)] + [parsed, data].map { .array($0.map { .number(.integer($0)) }) }
                + decoded.map { .string($0) })
        rows.append(shown.jsonText(style: .init(escapesNonASCII: true)))
    }

    private func decode(_ ids: [Int], skipping: Bool) throws -> String {
        let decoded = try tokenizer.decode(ids, skipSpecial: skipping)
        var stream = tokenizer.makeStreamingDecoder(skipSpecial: skipping)
        var joined = ""
        for id in ids { joined += try stream.append(id) }
        joined += stream.flush()
        #expect(sameBytes(joined, decoded), "the stream of \(ids) differs from \(decoded.debugDescription)")
        return decoded
    }
}
