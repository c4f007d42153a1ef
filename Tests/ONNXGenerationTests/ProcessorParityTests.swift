// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGeneration
import ONNXJSON
import ONNXTestSupport
import Testing

/// Penalties, bans and the sampler's candidates against the logit processors of transformers;
/// `Tests/Fixtures/generation/make_processor_rows.py` has made the rows.
struct ProcessorParityTests {
    struct Row: CustomStringConvertible {
        let name: String
        let logits: [Float]
        let options: JSONValue
        let scores: [Float]?
        let probabilities: [Int: Double]
        var description: String { "\(name), \(options.jsonText())" }
    }

    static let data = Result { try JSONValue(contentsOf: Fixtures.folder + "/generation/processors.json") }
    static let rows: [Row] = (try? data.get()).map(read) ?? []

    private static func read(_ json: JSONValue) -> [Row] {
        func floats(_ value: JSONValue?) -> [Float]? {
            value?.arrayValue?.map { $0.isNull ? -.infinity : Float($0.doubleValue ?? .nan) }
        }
        return (json["rows"]?.arrayValue ?? []).map { row in
            let name = row["logits"]?.stringValue ?? ""
            var probabilities: [Int: Double] = [:]
            for pair in row["probabilities"]?.arrayValue ?? [] {
                probabilities[pair[0]?.intValue ?? -1] = pair[1]?.doubleValue ?? .nan
            }
            return Row(
                name: name, logits: floats(json["logits"]?[name]) ?? [], options: row["options"] ?? [:],
                scores: floats(row["scores"]), probabilities: probabilities)
        }
    }

    @Test func thereAreRows() throws {
        _ = try Self.data.get()
        #expect(Self.rows.count > 200)
        #expect(Self.rows.allSatisfy { $0.logits.count == 64 })
    }

    @Test(arguments: rows.filter { $0.scores != nil }) func penaltiesAndBans(row: Row) throws {
        let scores = try #require(row.scores)
        var logits = row.logits
        let error = Self.process(&logits, row.options)
        guard scores.contains(where: { $0 > -.infinity }) else {
            #expect(error?.code == "generation.no_token")
            return
        }
        #expect(error == nil)
        for (token, (computed, expected)) in zip(logits, scores).enumerated() {
            #expect(
                computed == expected || abs(computed - expected) <= 4 * expected.ulp,
                "token \(token): \(computed), expected \(expected)")
        }
    }

    /// Draws at evenly spaced places, so that each candidate comes as often as its probability says.
    @Test(arguments: rows.filter { $0.scores == nil }) func candidates(row: Row) throws {
        let topK = row.options["top_k"]?.intValue ?? 0
        let distinct = Set(row.logits.filter { $0 > -.infinity })
        // transformers keeps all that are equal to the k-th largest; here, as in onnxruntime-genai, k are kept.
        if topK > 0, topK < 64, distinct.count < row.logits.count { return }
        var sampler = Sampler(try Self.settings(row.options))
        var logits = row.logits
        #expect(Self.process(&logits, row.options) == nil)
        let draws = 4096
        var counts: [Int: Int] = [:]
        try logits.withUnsafeBufferPointer { logits in
            for draw in 0..<draws {
                counts[
                    try sampler.draw(at: (Double(draw) + 0.5) / Double(draws), from: logits), default: 0] += 1
            }
        }
        if distinct.count < row.logits.count, row.name == "equal" || row.name == "coarse" {
            // Which of equal logits are kept is the sorting's choice.
            let expected = row.probabilities.values.sorted(by: >)
            var computed = counts.values.sorted(by: >)
            #expect(computed.count <= expected.count)
            // What is rarer than the draws are close may not come.
            computed += Array(repeating: 0, count: max(0, expected.count - computed.count))
            for (count, probability) in zip(computed, expected) {
                #expect(abs(Double(count) - probability * Double(draws)) <= 1.5)
            }
            return
        }
        #expect(Set(counts.keys).isSubset(of: row.probabilities.keys))
        for (token, probability) in row.probabilities {
            let count = Double(counts[token] ?? 0)
            #expect(abs(count - probability * Double(draws)) <= 1.01, "token \(token), \(probability)")
        }
    }

    private static func process(_ logits: inout [Float], _ options: JSONValue) -> ONNXError? {
        do {
            let json = try data.get()
            let history = json["history"]?.arrayValue?.compactMap(\.intValue) ?? []
            var sampler = Sampler(try settings(options))
            try logits.withUnsafeMutableBufferPointer {
                try sampler.process(
                    $0,
                    TokenContext(tokens: history, promptTokenCount: json["prompt_count"]?.intValue ?? 0))
            }
            return nil
        } catch {
            return error as? ONNXError ?? ONNXError("test", "\(error)")
        }
    }

    private static func settings(_ json: JSONValue) throws -> SearchSettings {
        var options = GenerationOptions()
        func float(_ key: String) -> Float? { json[key]?.doubleValue.map { Float($0) } }
        options.samples = true
        options.temperature = float("temperature")
        options.topK = json["top_k"]?.intValue
        options.topP = float("top_p")
        options.minP = float("min_p")
        options.typicalP = float("typical_p")
        options.repetitionPenalty = float("repetition_penalty")
        options.presencePenalty = float("presence_penalty")
        options.frequencyPenalty = float("frequency_penalty")
        options.noRepeatNgramSize = json["no_repeat_ngram_size"]?.intValue
        options.minimumLength = json["min_length"]?.intValue
        options.minimumTokens = json["min_new_tokens"]?.intValue
        options.bannedTokens = (json["banned_tokens"]?.arrayValue ?? []).map {
            $0.arrayValue?.compactMap(\.intValue) ?? []
        }
        if let bias = json["logit_bias"]?.objectValue {
            for (key, value) in zip(bias.keys, bias.values) {
                options.logitBias[Int(key) ?? -1] = value.doubleValue.map { Float($0) } ?? -.infinity
            }
        }
        try options.validate()
        let ends = try data.get()["end_tokens"]?.arrayValue?.compactMap(\.intValue) ?? []
        return SearchSettings(options, defaults: GenerationConfig.Search(), endOfSequence: Set(ends))
    }
}
