// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGeneration
import ONNXInference
import ONNXJSON
import ONNXTensors
import ONNXTestSupport
import Testing

/// Greedy and beam search against onnxruntime-genai on the tiny models, groups of beams against transformers;
/// `make_search_rows.py` and `make_group_rows.py` of `Tests/Fixtures/generation` have made the rows.
struct SearchParityTests {
    struct Row: CustomStringConvertible {
        let folder: String
        let prompt: [Int]
        let ends: [Int]
        let maximumLength: Int
        let options: JSONValue
        let sequences: [[Int]]
        var description: String { "\(folder), \(prompt.count) tokens, \(options.jsonText())" }
    }

    static let rows: [Row] = {
        let files = ["search.json", "groups.json"].map { name in
            (try? JSONValue(contentsOf: Fixtures.folder + "/generation/" + name))?.arrayValue ?? []
        }
        func ints(_ value: JSONValue?) -> [Int] { value?.arrayValue?.compactMap(\.intValue) ?? [] }
        return files.joined().map { row in
            Row(
                folder: row["folder"]?.stringValue ?? "", prompt: ints(row["prompt"]),
                ends: ints(row["end_tokens"]), maximumLength: row["max_length"]?.intValue ?? 0,
                options: row["options"] ?? [:], sequences: row["sequences"]?.arrayValue?.map(ints) ?? [])
        }
    }()
    static let folders = Set(rows.map(\.folder)).sorted()

    @Test func thereAreRows() {
        #expect(Self.rows.count >= 176)
        #expect(Self.rows.contains { $0.sequences.count == 8 })
        #expect(Self.rows.count { $0.options["num_beam_groups"] != nil } == 20)
    }

    @Test(arguments: folders) func findsWhatTheOracleFinds(folder: String) throws {
        var loading = LoadOptions()
        loading.cacheType = .float32
        let model = try LanguageModel(Fixtures.models + "/" + folder, loading, readsTexts: false)
        for row in Self.rows where row.folder == folder {
            let found = try model.sequences(row.prompt, Self.options(row), ends: row.ends)
            // There an end-of-sequence token is not part of the result.
            let tokens = found.map { sequence in
                row.prompt + sequence.tokens.filter { !row.ends.contains($0) || $0 != sequence.tokens.last }
            }
            #expect(tokens == row.sequences, "\(row)")
            let scores = found.compactMap(\.score)
            #expect(scores == scores.sorted(by: >), "\(row)")
        }
    }

    private static func options(_ row: Row) -> GenerationOptions {
        var options = GenerationOptions()
        options.maximumLength = row.maximumLength
        options.beamCount = row.options["num_beams"]?.intValue
        options.returnedCount = row.options["num_return_sequences"]?.intValue
        options.lengthPenalty = row.options["length_penalty"]?.doubleValue.map { Float($0) }
        options.beamGroupCount = row.options["num_beam_groups"]?.intValue
        options.diversityPenalty = row.options["diversity_penalty"]?.doubleValue.map { Float($0) }
        options.stopsEarly = row.options["early_stopping"]?.boolValue
        options.repetitionPenalty = row.options["repetition_penalty"]?.doubleValue.map { Float($0) }
        options.noRepeatNgramSize = row.options["no_repeat_ngram_size"]?.intValue
        options.minimumLength = row.options["min_length"]?.intValue
        return options
    }

    private func tiny() throws -> LanguageModel {
        try LanguageModel(Fixtures.models + "/0.18.0-llama-int4", LoadOptions(), readsTexts: false)
    }

    /// Two beams that go the same way would be copies; a quantised decoder that is given the copies computes the same.
    @Test func aTakenOverDecoderComputesTheSame() throws {
        for type in CacheType.allCases {
            var loading = LoadOptions()
            loading.cacheType = type
            for folder in ["0.18.0-llama-int4", "0.18.0-mistralwindow-int4", "torchscript-llama-opset14"] {
                let model = try LanguageModel(Fixtures.models + "/" + folder, loading, readsTexts: false)
                let source = try model.makeDecoder()
                _ = try source.append((0..<70).map { 1 + $0 * 7 % 100 })
                let copy = try model.makeDecoder()
                // Something else is in the copy's cache, and part of it is the same.
                _ = try copy.append((0..<65).map { 1 + $0 * 7 % 100 } + [3, 4, 5, 6, 7, 8, 9, 10])
                try copy.take(over: source)
                #expect(copy.tokens == source.tokens)
                for token in [9, 8, 7] {
                    let left = try source.append([token]).values(as: Float.self)
                    let right = try copy.append([token]).values(as: Float.self)
                    #expect(left.map(\.bitPattern) == right.map(\.bitPattern), "\(folder) \(type)")
                }
            }
        }
    }

    @Test func groupsTakeOtherTokens() throws {
        var options = GenerationOptions()
        options.maximumTokens = 6
        options.ignoresEndOfSequence = true
        options.beamCount = 4
        options.beamGroupCount = 4
        options.returnedCount = 4
        let same = try tiny().sequences([1, 2, 3], options)
        // Without a penalty each group of one beam is greedy.
        #expect(Set(same.map(\.tokens)).count == 1)
        options.diversityPenalty = 100
        let different = try tiny().sequences([1, 2, 3], options)
        for place in 0..<6 { #expect(Set(different.map { $0.tokens[place] }).count == 4) }
        #expect(different.map(\.tokens).contains(same[0].tokens))
    }

    @Test func drawsOfSeveralSequences() throws {
        var options = GenerationOptions(sampling: .random(top: 50, seed: 4), maximumTokens: 6)
        options.returnedCount = 3
        let first = try tiny().sequences([1, 2, 3], options)
        #expect(first.count == 3)
        #expect(Set(first.map(\.tokens)).count == 3)
        #expect(try tiny().sequences([1, 2, 3], options) == first)
        options.returnedCount = 1
        #expect(try tiny().sequences([1, 2, 3], options) == Array(first.prefix(1)))
    }

    @Test(arguments: 0..<4) func conflictsAreErrors(number: Int) throws {
        var options = GenerationOptions()
        switch number {
        case 0: (options.beamCount, options.temperature) = (2, 1)
        case 1: (options.beamCount, options.returnedCount) = (2, 3)
        case 2: (options.beamCount, options.beamGroupCount) = (4, 3)
        default: options.returnedCount = 2
        }
        #expect { try tiny().sequences([1], options) } throws: {
            ($0 as? ONNXError)?.code == "options.conflict"
        }
    }

    @Test func streamsGiveTheBestBeam() async throws {
        var options = GenerationOptions()
        options.maximumTokens = 6
        options.beamCount = 3
        options.logProbabilities = 1
        let model = try tiny()
        let best = try #require(try model.sequences([1, 2, 3], options).first)
        let response = try await model.streamTokens([1, 2, 3], options: options).collect()
        #expect(response.tokens == best.tokens)
        #expect(response.logProbabilities.map(\.token) == best.tokens)
        let sum = response.logProbabilities.reduce(0) { $0 + $1.logProbability }
        let score = try #require(best.score)
        #expect(abs(sum / Double(3 + best.tokens.count) - Double(score)) < 1e-4)
    }

    @Test func beamsCanBeCancelled() throws {
        var options = GenerationOptions()
        options.beamCount = 2
        #expect(try tiny().sequences([1, 2], options, { true }).isEmpty)
    }
}
