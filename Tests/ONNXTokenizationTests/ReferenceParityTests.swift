// SPDX-License-Identifier: Apache-2.0
import ONNXJSON
import ONNXTokenization
import Testing

/// Ids and texts equal those of the reference on the generated strings.
@Suite struct ReferenceParityTests {
    @Test(arguments: GeneratedFixtures.names)
    func matchesTheReferenceOnRealVocabularies(_ name: String) throws {
        try check(name, in: GeneratedFixtures.folder, script: "make_tokenizers.py")
    }

    @Test(arguments: GeneratedFixtures.smallNames)
    func matchesTheReferenceOnManyStrings(_ name: String) throws {
        try check(name, in: GeneratedFixtures.smallFolder, script: "make_small_tokenizers.py")
    }

    @Test(arguments: GeneratedFixtures.smallNames)
    func matchesTheReferenceOnCommittedRows(_ name: String) throws {
        try check(name, in: GeneratedFixtures.fixturesFolder + "/tokenizers", script: nil)
    }

    private func check(_ name: String, in folder: String, script: String?) throws {
        if let script, !GeneratedFixtures.exists(name, in: folder) {
            print("skipped \(name): run Tests/Fixtures/tokenizers/\(script) first")
            return
        }
        let tokenizer = try Tokenizer(contentsOf: "\(folder)/\(name).tokenizer.json")
        let rows = try GeneratedFixtures.rows("\(folder)/\(name).rows.jsonl")
        #expect(rows.count >= 50)
        var failures = ParityFailures()
        for row in rows { try failures.check(row, with: tokenizer) }
        #expect(
            failures.count == 0,
            "\(failures.count) answers differ: \(failures.samples.joined(separator: "\n"))")
    }
}

/// Counts the rows whose answers differ and keeps the first few.
struct ParityFailures {
    var count = 0
    var samples: [String] = []

    mutating func check(_ row: JSONValue, with tokenizer: Tokenizer) throws {
        let text = try #require(row["text"]?.stringValue)
        let parsed = try tokenizer.encode(text, addSpecialTokens: true, parseSpecial: true)
        expect(parsed == row["parsed"]?.ids, "parsed", text, parsed, row["parsed"])
        let data = try tokenizer.encode(text, addSpecialTokens: false, parseSpecial: false)
        expect(data == row["data"]?.ids, "data", text, data, row["data"])
        let trusted = try tokenizer.encode(
            segments: [TextSegment(text, isTrusted: true)], addSpecialTokens: true)
        expect(trusted == parsed, "trusted", text, trusted, row["parsed"])
        let ids = try #require(row["ids"]).ids
        for (field, skips) in [("decoded", false), ("decoded_skipping", true)] {
            let decoded = try tokenizer.decode(ids, skipSpecial: skips)
            expect(sameBytes(decoded, row[field]?.stringValue), field, text, decoded, row[field])
            var stream = tokenizer.makeStreamingDecoder(skipSpecial: skips)
            var joined = ""
            for id in ids { joined += try stream.append(id) }
            joined += stream.flush()
            expect(sameBytes(joined, decoded), "stream " + field, text, joined, row[field])
        }
    }

    private mutating func expect(
        _ holds: Bool, _ what: String, _ text: String, _ ours: some Any, _ theirs: JSONValue?
    ) {
        guard !holds else { return }
        count += 1
        guard samples.count < 8 else { return }
        samples.append(
            "\(what) of \(JSONValue.string(text).jsonText(style: .init(escapesNonASCII: true))): \(ours) "
                + "instead of \(theirs?.jsonText() ?? "nothing")")
    }
}
