// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGeneration
import ONNXInference
import ONNXTestSupport
import Testing

/// Answers whose tokens are guessed and read several at once are those that come one by one, to the last bit.
struct PromptLookupTests {
    /// Guessing is free, so that it is done whenever there is a guess.
    private static func options(_ lookup: PromptLookup, tokens: Int = 40) -> GenerationOptions {
        var options = GenerationOptions(sampling: .greedy, maximumTokens: tokens)
        options.ignoresEndOfSequence = true
        options.repetitionPenalty = 1
        // Of few tokens, some come again as they came before and some do not.
        for token in 100..<103 { options.logitBias[token] = 1000 }
        options.logProbabilities = 2
        options.promptLookup = lookup
        options.runCosts = [1, 1, 1, 1]
        return options
    }

    private static func model(_ folder: String) throws -> LanguageModel {
        var options = LoadOptions()
        options.deterministic = ModelTolerance.needsFixedOrder(folder)
        return try LanguageModel(Fixtures.models + "/" + folder, options, readsTexts: false)
    }

    /// A row of tokens, twice, so that it seems to come once more.
    private static func prompt(_ model: LanguageModel) -> [Int] {
        let row = (0..<9).map { 3 + $0 * 5 % max(1, (model.configuration.vocabularySize ?? 100) - 3) }
        return row + row + row.prefix(2)
    }

    @discardableResult
    private static func check(
        _ model: LanguageModel, _ prompt: [Int], _ options: GenerationOptions, _ what: String
    ) async throws -> GenerationSummary {
        var plain = options
        plain.promptLookup = .never
        let expected = try await model.streamTokens(prompt, options: plain).collect()
        let response = try await model.streamTokens(prompt, options: options).collect()
        #expect(expected.summary.draftedTokenCount == 0)
        #expect(response.tokens == expected.tokens, "\(what)")
        #expect(response.text == expected.text, "\(what)")
        #expect(response.events.count == expected.events.count, "\(what)")
        #expect(response.summary.finishReason == expected.summary.finishReason, "\(what)")
        #expect(
            response.logProbabilities.map(bits) == expected.logProbabilities.map(bits), "\(what)")
        return response.summary
    }

    private static func bits(_ entry: TokenLogProbability) -> [UInt64] {
        [entry.logProbability.bitPattern] + entry.alternatives.map(\.logProbability.bitPattern)
    }

    @Test(arguments: ModelOracleTests.folders) func answersAreTheSame(folder: String) async throws {
        let model = try Self.model(folder)
        // Equal bits for any division are not to be had there, and are not asked for.
        let lookup = ModelTolerance.quantizesRowsTogether(folder) ? PromptLookup.automatic : .always
        let prompt = Self.prompt(model)
        let summary = try await Self.check(model, prompt, Self.options(lookup), folder)
        let guesses = !ModelTolerance.isPruned(folder) && ModelTolerance.takesTokensBack(folder)
        #expect((summary.draftedTokenCount > 0) == guesses, "\(folder): \(summary)")
        #expect(summary.acceptedTokenCount <= summary.draftedTokenCount)
        var drawn = Self.options(lookup)
        drawn.samples = true
        drawn.temperature = 0.3
        drawn.seed = 11
        drawn.presencePenalty = 0.1
        try await Self.check(model, prompt, drawn, "\(folder), drawn")
    }

    @Test func guessesAreRightAndWrong() async throws {
        var drafted = 0
        var accepted = 0
        for folder in ModelOracleTests.folders where folder.contains("llama-int4") {
            let model = try Self.model(folder)
            let summary = try await Self.check(
                model, Self.prompt(model), Self.options(.automatic, tokens: 80), folder)
            drafted += summary.draftedTokenCount
            accepted += summary.acceptedTokenCount
        }
        #expect(accepted > 20)
        #expect(drafted > accepted)
    }

    @Test func endsAreWhereTheyWere() async throws {
        let model = try await LanguageModel.load(from: Fixtures.models + "/0.18.0-llama-int4")
        let prompt = Self.prompt(model)
        var options = Self.options(.automatic, tokens: 60)
        let whole = try await model.streamTokens(prompt, options: options).collect()
        #expect(whole.summary.acceptedTokenCount > 0)
        for count in 1...20 {
            options.maximumTokens = count
            let summary = try await Self.check(model, prompt, options, "\(count) tokens")
            #expect(summary.generatedTokenCount == count)
        }
        options.maximumTokens = 60
        let characters = Array(whole.text)
        for start in stride(from: 0, to: characters.count - 3, by: 5) {
            options.stopStrings = [String(characters[start..<start + 3])]
            try await Self.check(model, prompt, options, "\(options.stopStrings)")
        }
        #expect(characters.count > 20)
        options.stopStrings = []
        options.ignoresEndOfSequence = false
        for token in Set(whole.tokens) {
            let ends = [token]
            let guessed = try model.sequences(prompt, options, ends: ends)
            options.promptLookup = .never
            #expect(try model.sequences(prompt, options, ends: ends) == guessed, "an end at \(token)")
            options.promptLookup = .automatic
        }
    }

    @Test func contextsEndWhereTheyDid() async throws {
        var drafted = 0
        for folder in ModelOracleTests.folders
        where folder.contains("llama-int4") && !ModelTolerance.isPruned(folder) {
            let model = try Self.model(folder)
            let row = Self.prompt(model)
            let prompt = (0..<model.contextLength - 40).map { row[$0 % row.count] }
            let options = Self.options(.automatic, tokens: 100)
            let summary = try await Self.check(model, prompt, options, folder)
            #expect(summary.finishReason == .contextFull)
            drafted += summary.draftedTokenCount
        }
        #expect(drafted > 0)
    }

    @Test(arguments: LongContextTests.folders, LongContextPolicy.allCases)
    func tablesChangeWhereTheyDid(folder: String, policy: LongContextPolicy) async throws {
        let model = try Self.model(folder)
        let row = Self.prompt(model)
        var drafted = 0
        for length in 18...31 {
            let prompt = (0..<length).map { row[$0 % row.count] }
            var options = Self.options(.automatic)
            options.longContext = policy
            let summary = try await Self.check(model, prompt, options, "\(folder), \(policy), \(length)")
            drafted += summary.draftedTokenCount
        }
        #expect(drafted > 0)
    }

    @Test func conversationsGoOn() async throws {
        let model = try await LanguageModel.load(from: Fixtures.models + "/0.18.0-llama-int4")
        let chats = [PromptLookup.never, .automatic].map {
            ChatSession(model, options: Self.options($0, tokens: 14))
        }
        var drafted = 0
        for turn in ["hi hi hi hi", "more", "more"] {
            let plain = try await chats[0].respond(to: turn)
            let guessed = try await chats[1].respond(to: turn)
            #expect(guessed.tokens == plain.tokens)
            #expect(guessed.summary.cachedTokenCount == plain.summary.cachedTokenCount)
            drafted += guessed.summary.draftedTokenCount
        }
        #expect(drafted > 0)
    }

    @Test func floatModelsGuessWhenAsked() async throws {
        let folder = try #require(ModelOracleTests.folders.first { $0.hasSuffix("llama-fp32") })
        let model = try LanguageModel(Fixtures.models + "/" + folder, LoadOptions(), readsTexts: false)
        for (lookup, guesses) in [(PromptLookup.automatic, false), (.always, true), (.never, false)] {
            let response = try await model.streamTokens(
                Self.prompt(model), options: Self.options(lookup)
            ).collect()
            #expect((response.summary.draftedTokenCount > 0) == guesses, "\(lookup)")
        }
    }
}
