// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON
import Synchronization

/// A conversation with a model. Each turn goes on from the key/value caches of the last.
///
///     let chat = ChatSession(model, instructions: "Answer briefly.")
///     for try await piece in chat.streamResponse(to: "What is the capital of France?") {
///         print(piece.text, terminator: "")
///     }
///     let answer = try await chat.respond(to: "And of Italy?")
///
/// One answer is computed at a time; a second call meanwhile fails with `chat.busy`.
public final class ChatSession: Sendable {
    private struct State {
        var messages: [ChatMessage]
        var isBusy = false
    }

    /// Holds the decoder, which only the one running answer touches.
    // Safety: `State.isBusy` lets one answer at a time at the decoder.
    private final class DecoderBox: @unchecked Sendable {
        var decoder: DecoderSession?
    }

    /// The model that answers.
    public let model: LanguageModel
    /// How its tokens are chosen and when an answer ends.
    public let options: GenerationOptions
    private let tools: String?
    private let state: Mutex<State>
    private let box = DecoderBox()

    /// A new conversation.
    ///
    /// - Parameters:
    ///   - instructions: a system message to begin with.
    ///   - tools: descriptions of tools, as a JSON array, for templates that know them.
    public convenience init(
        _ model: LanguageModel, instructions: String? = nil, tools: String? = nil,
        options: GenerationOptions = GenerationOptions()
    ) {
        self.init(
            model, messages: instructions.map { [ChatMessage(.system, $0)] } ?? [], tools: tools,
            options: options)
    }

    /// A conversation that goes on from given messages.
    public init(
        _ model: LanguageModel, messages: [ChatMessage], tools: String? = nil,
        options: GenerationOptions = GenerationOptions()
    ) {
        self.model = model
        self.options = options
        self.tools = tools
        state = Mutex(State(messages: messages))
    }

    /// The conversation so far, with what an interrupted answer left.
    public var messages: [ChatMessage] { state.withLock { $0.messages } }

    /// Adds a user's message and streams the answer, which joins the conversation when it ends.
    ///
    /// When the computation fails, the message is taken back, so that the call can be repeated.
    public func streamResponse(to text: String) -> GenerationStream {
        streamResponse(adding: [ChatMessage(.user, text)])
    }

    /// Adds a user's message and gives the whole answer.
    ///
    /// - Throws: an ``ONNXError``, or `CancellationError`.
    public func respond(to text: String) async throws -> String {
        try await streamResponse(to: text).collect().text
    }

    /// Adds messages, none or several, and streams the answer.
    public func streamResponse(adding newMessages: [ChatMessage]) -> GenerationStream {
        GenerationStream { isCancelled, emit throws(ONNXError) in
            let messages = try self.begin(newMessages)
            var answer = ""
            var failure: ONNXError?
            do throws(ONNXError) {
                try self.answer(messages, isCancelled) { piece in
                    answer += piece.text
                    if piece.summary != nil { self.end(answer: answer) }
                    emit(piece)
                }
            } catch {
                failure = error
            }
            if let failure {
                self.takeBack(newMessages.count)
                throw failure
            }
        }
    }

    private func begin(_ newMessages: [ChatMessage]) throws(ONNXError) -> [ChatMessage] {
        let messages: [ChatMessage]? = state.withLock { state in
            guard !state.isBusy else { return nil }
            state.isBusy = true
            state.messages += newMessages
            return state.messages
        }
        guard let messages else {
            throw ONNXError("chat.busy", "This conversation is still answering; wait for it or cancel it.")
        }
        return messages
    }

    private func answer(
        _ messages: [ChatMessage], _ isCancelled: @escaping @Sendable () -> Bool,
        _ emit: (GeneratedPiece) -> Void
    ) throws(ONNXError) {
        let prompt = try PromptRenderer(model).tokens(
            of: messages.map(\.json), tools: tools, trustsMessages: options.trustsMessages)
        let decoder: DecoderSession
        if let existing = box.decoder {
            decoder = existing
        } else {
            decoder = try model.makeDecoder()
            box.decoder = decoder
        }
        try model.generate(prompt, options, on: decoder, isCancelled, emit)
    }

    private func end(answer: String) {
        state.withLock { state in
            state.messages.append(ChatMessage(.assistant, answer))
            state.isBusy = false
        }
    }

    private func takeBack(_ count: Int) {
        state.withLock { state in
            state.messages.removeLast(min(count, state.messages.count))
            state.isBusy = false
        }
    }
}
