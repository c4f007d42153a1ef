// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGeneration
import ONNXInference
import ONNXJSON
import ONNXTestSupport
import Testing

/// Log-probabilities, perplexities and hidden states against onnxruntime;
/// `Tests/Fixtures/generation/make_score_rows.py` has made the rows.
struct ScoreParityTests {
    private static let data = Result {
        try JSONValue(contentsOf: Fixtures.folder + "/generation/scores.json")
    }

    private static func rows(_ key: String) throws -> [JSONValue] { try data.get()[key]?.arrayValue ?? [] }

    private static func ints(_ value: JSONValue?) -> [Int] { value?.arrayValue?.compactMap(\.intValue) ?? [] }

    private static func model(_ row: JSONValue) throws -> (LanguageModel, Double) {
        let folder = row["folder"]?.stringValue ?? ""
        var options = LoadOptions()
        options.cacheType = .float32
        let model = try LanguageModel(Fixtures.models + "/" + folder, options, readsTexts: false)
        // A log-probability errs by twice the largest error of a logit at most.
        let deviation = Double(try ModelOracle(folder: folder).deviation)
        return (model, 2 * Double(ModelTolerance.of(folder)) * deviation)
    }

    @Test func logProbabilitiesOfTokens() async throws {
        let rows = try Self.rows("scores")
        #expect(rows.count == 4)
        for row in rows {
            let (model, tolerance) = try Self.model(row)
            let tokens = Self.ints(row["tokens"])
            let expected = row["log_probabilities"]?.arrayValue?.compactMap(\.doubleValue) ?? []
            for split in [1, 40, tokens.count - 1] {
                let score = try await model.score(
                    prompt: Array(tokens[..<split]), completion: Array(tokens[split...]))
                #expect(score.tokens.map(\.token) == Array(tokens[split...]))
                for (entry, value) in zip(score.tokens, expected[(split - 1)...]) {
                    #expect(abs(entry.logProbability - value) <= tolerance, "\(model.path)")
                }
                let total = expected[(split - 1)...].reduce(0, +)
                #expect(abs(score.total - total) <= tolerance * Double(tokens.count))
            }
        }
    }

    @Test func perplexitiesOfWindows() async throws {
        let rows = try Self.rows("windows")
        #expect(rows.count == 24)
        for row in rows {
            let (model, tolerance) = try Self.model(row)
            let score = try await model.perplexity(
                of: Self.ints(row["tokens"]), window: row["window"]?.intValue, stride: row["stride"]?.intValue
            )
            let count = try #require(row["count"]?.intValue)
            let total = try #require(row["total"]?.doubleValue)
            #expect(score.tokens.count == count)
            #expect(abs(score.mean - total / Double(count)) <= tolerance, "\(model.path)")
        }
    }

    @Test func hiddenStatesOfTokens() async throws {
        let row = try #require(try Self.data.get()["hidden_states"])
        var options = LoadOptions()
        options.cacheType = .float32
        let path = Fixtures.folder + "/generation/hidden-states"
        let model = try LanguageModel(path, options, readsTexts: false)
        let tokens = Self.ints(row["tokens"])
        let expected = row["values"]?.arrayValue?.compactMap(\.doubleValue).map { Float($0) } ?? []
        let states = try await model.hiddenStates(of: tokens)
        #expect(states.size == row["size"]?.intValue)
        #expect(states.values.count == expected.count)
        for (computed, value) in zip(states.values, expected) {
            #expect(abs(computed - value) <= ModelTolerance.float * 10)
        }
        #expect(Array(states[1]) == Array(states.values[states.size..<2 * states.size]))
        // In parts, and with logits as ever.
        let parts = try model.makeDecoder(chunkSize: 7).appendGivingHiddenStates(tokens)
        for (computed, value) in zip(try parts.values(as: Float.self), expected) {
            #expect(abs(computed - value) <= ModelTolerance.float * 10)
        }
        #expect(try model.makeDecoder().append(tokens).shape.dimensions == [1, 1, 131])
    }

    @Test func mistakesAreErrors() async throws {
        let model = try LanguageModel(
            Fixtures.models + "/0.18.0-llama-int4", LoadOptions(), readsTexts: false)
        func code(_ body: () async throws -> Void) async -> String? {
            do { try await body() } catch { return (error as? ONNXError)?.code.rawValue ?? "\(error)" }
            return nil
        }
        #expect(await code { _ = try await model.hiddenStates(of: [1, 2]) } == "llm.no_hidden_states")
        #expect(await code { _ = try await model.hiddenStates(of: []) } == "prompt.empty")
        #expect(await code { _ = try await model.score(prompt: [1], completion: []) } == "prompt.empty")
        #expect(
            await code { _ = try await model.score(prompt: [1], completion: [9999]) } == "tokenizer.bad_id")
        let long = [Int](repeating: 5, count: 128)
        #expect(await code { _ = try await model.score(prompt: [1], completion: long) } == "prompt.too_long")
        #expect(await code { _ = try await model.perplexity(of: [1]) } == "prompt.empty")
        #expect(await code { _ = try await model.perplexity(of: [1, 2], window: 129) } == "options.range")
        #expect(
            await code { _ = try await model.perplexity(of: [1, 2], window: 8, stride: 9) } == "options.range"
        )
    }

    @Test func cancellingStopsScoring() async throws {
        let model = try LanguageModel(
            Fixtures.models + "/0.18.0-llama-int4", LoadOptions(), readsTexts: false)
        let task = Task {
            try await model.perplexity(
                of: (0..<20_000).map { 5 + $0 % 100 }, window: 100, stride: 1)
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }
}
