// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGeneration
import ONNXInference
import ONNXTestSupport
import Testing

/// Conversations with a tiny model, whose context holds 128 tokens.
struct ChatSessionTests {
    private static let folder = Fixtures.models + "/0.18.0-llama-int4"

    private func session(
        _ instructions: String? = nil, policy: ContextPolicy = .stop, tokens: Int = 4
    ) async throws -> ChatSession {
        var options = GenerationOptions()
        options.maximumTokens = tokens
        options.ignoresEndOfSequence = true
        let model = try await LanguageModel.load(from: Self.folder)
        return ChatSession(model, instructions: instructions, options: options, contextPolicy: policy)
    }

    private func code(_ body: () async throws -> Void) async -> String? {
        do { try await body() } catch { return (error as? ONNXError)?.code.rawValue ?? "\(error)" }
        return nil
    }

    @Test func aSecondTurnReadsOnlyWhatIsNew() async throws {
        let chat = try await session("Be brief.")
        let first = try await chat.respond(to: "hi")
        #expect(first.summary.cachedTokenCount == 0)
        let second = try await chat.respond(to: "more")
        #expect(second.summary.cachedTokenCount >= first.summary.promptTokenCount)
        #expect(chat.messages.map(\.role) == [.system, .user, .assistant, .user, .assistant])
        #expect("\(second)" == second.text)
        #expect(second.content == second.text)
    }

    @Test func anotherAnswerReusesThePrompt() async throws {
        let chat = try await session("Be brief.")
        let first = try await chat.respond(to: "hi there")
        let again = try await chat.streamResponseAgain().collect()
        #expect(again.text == first.text)
        #expect(again.summary.cachedTokenCount == first.summary.promptTokenCount - 1)
        #expect(chat.messages.count == 3)
        let drawn = try await chat.streamResponseAgain(
            options: GenerationOptions(sampling: .random(top: 50, seed: 3), temperature: 5, maximumTokens: 4)
        ).collect()
        #expect(drawn.tokens != first.tokens)
        #expect(chat.messages.last?.content == drawn.text)
    }

    @Test func anEditedMessageReusesWhatIsBeforeIt() async throws {
        let chat = try await session("You are a helpful one.")
        _ = try await chat.respond(to: "the capital of France")
        _ = try await chat.respond(to: "and more")
        let edited = try await chat.streamResponse(replacing: 1, with: "the answer").collect()
        #expect(edited.summary.cachedTokenCount > 4)
        #expect(chat.messages.map(\.content)[1] == "the answer")
        #expect(chat.messages.count == 3)
        let fresh = try await session("You are a helpful one.")
        #expect(try await fresh.respond(to: "the answer").tokens == edited.tokens)
    }

    @Test func rewindingAndResetting() async throws {
        let chat = try await session("Be brief.")
        let first = try await chat.respond(to: "hi")
        _ = try await chat.respond(to: "more")
        try chat.rewind(to: 3)
        #expect(chat.messages.count == 3)
        let more = try await chat.respond(to: "else")
        #expect(more.summary.cachedTokenCount >= first.summary.promptTokenCount)
        try chat.reset()
        #expect(chat.messages.map(\.role) == [.system])
        #expect(try await chat.respond(to: "hi").tokens == first.tokens)
        #expect(await code { try chat.rewind(to: 9) } == "chat.range")
        #expect(await code { try chat.rewind(to: -1) } == "chat.range")
        #expect(
            await code { _ = try await chat.streamResponse(replacing: 7, with: "").collect() } == "chat.range"
        )
        try chat.rewind(to: 0)
        #expect(await code { _ = try await chat.streamResponseAgain().collect() } == "chat.range")
        #expect(chat.messages.isEmpty)
        #expect(!chat.isResponding)
    }

    @Test func onlyOneAnswerAtATime() async throws {
        let chat = try await session(tokens: 100)
        let running = chat.streamResponse(to: "hi")
        var iterator = running.makeAsyncIterator()
        _ = try await iterator.next()
        let codes = [
            await code { _ = try await chat.respond(to: "x") }, await code { try chat.reset() },
            await code { try chat.rewind(to: 0) },
        ]
        // The answer may have been faster.
        #expect(codes.allSatisfy { $0 == "chat.busy" } || !chat.isResponding)
        while try await iterator.next() != nil {}
        #expect(!chat.isResponding)
    }

    @Test func aFullContextIsAnErrorOrDropsTurns() async throws {
        let text = "the answer"
        let stopping = try await session("Be brief.")
        var turns = 0
        var failure: String?
        while failure == nil, turns < 30 {
            let before = stopping.messages
            failure = await code { _ = try await stopping.respond(to: text) }
            if failure != nil { #expect(stopping.messages == before) }
            turns += 1
        }
        #expect(failure == "prompt.too_long")
        #expect(turns > 3)
        let dropping = try await session("Be brief.", policy: .dropOldestTurns(answerTokens: 4))
        var dropped: [Int] = []
        for turn in 1...turns + 6 {
            let response = try await dropping.respond(to: text)
            for case .droppedMessages(let count) in response.events { dropped.append(count) }
            #expect(response.tokens.count == 4)
            #expect(dropping.messages.count == 1 + 2 * turn)
        }
        #expect(dropped.count >= 1)
        #expect(dropped.allSatisfy { $0 > 0 && $0 % 2 == 0 })
        // Between two drops the cache keeps its use.
        #expect(dropped.count < turns)
        // A new conversation has lost nothing.
        try dropping.reset()
        var sizes: [Int] = []
        for _ in 0..<4 {
            let response = try await dropping.respond(to: "a")
            #expect(response.events.isEmpty)
            sizes.append(response.summary.promptTokenCount)
        }
        #expect(sizes == sizes.sorted())
        let tooLong = String(repeating: text, count: 80)
        #expect(await code { _ = try await dropping.respond(to: tooLong) } == "prompt.too_long")
    }

    @Test func anAnswerThatFillsTheContextSaysSo() async throws {
        var options = GenerationOptions()
        options.ignoresEndOfSequence = true
        let chat = ChatSession(try await LanguageModel.load(from: Self.folder), options: options)
        #expect(try await chat.respond(to: "hi").summary.finishReason == .contextFull)
    }
}
