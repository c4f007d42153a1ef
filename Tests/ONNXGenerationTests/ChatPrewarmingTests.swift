// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGeneration
import ONNXTestSupport
import Testing

/// What is read before a question comes, with a tiny model whose context holds 128 tokens.
struct ChatPrewarmingTests {
    private func model() async throws -> LanguageModel {
        try await LanguageModel.load(from: Fixtures.models + "/0.18.0-llama-int4")
    }

    private func session(_ model: LanguageModel, _ instructions: String? = "Be brief.") -> ChatSession {
        var options = GenerationOptions(maximumTokens: 4)
        options.ignoresEndOfSequence = true
        return ChatSession(model, instructions: instructions, options: options)
    }

    @Test func theAnswerIsTheSameAndReadsLess() async throws {
        let model = try await model()
        let cold = try await session(model).respond(to: "hi there")
        let chat = session(model)
        try await chat.prewarm()
        #expect(chat.messages.map(\.role) == [.system])
        #expect(!chat.isResponding)
        let warm = try await chat.respond(to: "hi there")
        #expect(warm.tokens == cold.tokens)
        let shared = try model.promptTokens(for: [ChatMessage(.system, "Be brief.")])
        #expect(cold.summary.cachedTokenCount == 0)
        #expect(warm.summary.cachedTokenCount > "Be brief.".utf8.count / 2)
        #expect(warm.summary.promptTokenCount > shared.count)
    }

    @Test func theBeginningOfAQuestionIsReadToo() async throws {
        let model = try await model()
        let (plain, prefixed) = (session(model), session(model))
        try await plain.prewarm()
        try await prefixed.prewarm(promptPrefix: "hi th")
        let question = "hi there"
        let first = try await plain.respond(to: question)
        let second = try await prefixed.respond(to: question)
        #expect(first.tokens == second.tokens)
        #expect(second.summary.cachedTokenCount > first.summary.cachedTokenCount)
    }

    @Test func whatIsCachedStays() async throws {
        let chat = session(try await model())
        let first = try await chat.respond(to: "hi")
        try await chat.prewarm()
        try await chat.prewarm()
        let second = try await chat.respond(to: "more")
        #expect(second.summary.cachedTokenCount >= first.summary.promptTokenCount + 3)
    }

    @Test func aLongBeginningIsLeftToTheAnswer() async throws {
        let chat = session(try await model(), String(repeating: "xyz ", count: 60))
        try await chat.prewarm()
        let error = await #expect(throws: ONNXError.self) { try await chat.respond(to: "hi") }
        #expect(error?.code == .promptTooLong)
    }

    @Test func cancellingEndsIt() async throws {
        let chat = session(try await model())
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await chat.prewarm()
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(!chat.isResponding)
        #expect(try await chat.respond(to: "hi").tokens.count == 4)
    }

    @Test func anAnsweringSessionIsBusy() async throws {
        let chat = session(try await model())
        var iterator = chat.streamResponse(
            to: "hi", options: GenerationOptions(sampling: .greedy, maximumTokens: 100)
        ).makeAsyncIterator()
        _ = try await iterator.next()
        if chat.isResponding {
            // The answer may have ended since; then there is nothing to be in the way of.
            do { try await chat.prewarm() } catch let error as ONNXError { #expect(error.code == .chatBusy) }
        }
        while try await iterator.next() != nil {}
    }

    @Test func optionsWithoutAWayToSampleKeepTheModels() {
        let options = GenerationOptions(temperature: 0.5)
        #expect(options.samples == nil)
        #expect(options.topK == nil)
        #expect(options.temperature == 0.5)
        #expect(GenerationOptions(sampling: .greedy).samples == false)
    }
}
