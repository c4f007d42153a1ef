// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors
import ONNXJSON
import Synchronization

/// A conversation with a model. Each turn goes on from the key/value caches of the last.
///
///     let chat = ChatSession(model, instructions: "Answer briefly.")
///     for try await piece in chat.streamResponse(to: "What is the capital of France?") {
///         print(piece.text, terminator: "")
///     }
///     let answer = try await chat.respond(to: "And of Italy?")
///     print(answer.text, answer.summary.cachedTokenCount)
///
/// Every prompt is the whole conversation; of its tokens, those that begin it and are cached are not read again. So an
/// edited message or another answer costs what comes after the change. One answer is computed at a time; a second call
/// meanwhile fails with `chat.busy`.
public final class ChatSession: Sendable {
    private struct State {
        var messages: [ChatMessage]
        var isBusy = false
        /// Messages after the instructions that no longer fit the context.
        var droppedCount = 0
    }

    /// Holds the decoder, which only the one running answer touches.
    // Safety: `State.isBusy` lets one answer at a time at the decoder.
    private final class DecoderBox: @unchecked Sendable {
        var decoder: DecoderSession?
    }

    public let model: LanguageModel
    /// The options of calls that give none of their own.
    public let options: GenerationOptions
    /// What happens when the conversation no longer fits the context.
    public let contextPolicy: ContextPolicy
    private let tools: String?
    private let instructions: [ChatMessage]
    private let state: Mutex<State>
    private let box = DecoderBox()

    /// A new conversation.
    ///
    /// - Parameters:
    ///   - instructions: a system message to begin with.
    ///   - tools: descriptions of tools, as a JSON array, for templates that know them.
    public convenience init(
        _ model: LanguageModel, instructions: String? = nil, tools: String? = nil,
        options: GenerationOptions = GenerationOptions(), contextPolicy: ContextPolicy = .stop
    ) {
        self.init(
            model, messages: instructions.map { [ChatMessage(.system, $0)] } ?? [], tools: tools,
            options: options, contextPolicy: contextPolicy)
    }

    /// A conversation that goes on from given messages. System messages at their beginning are its instructions.
    public init(
        _ model: LanguageModel, messages: [ChatMessage], tools: String? = nil,
        options: GenerationOptions = GenerationOptions(), contextPolicy: ContextPolicy = .stop
    ) {
        self.model = model
        self.options = options
        self.tools = tools
        self.contextPolicy = contextPolicy
        instructions = Array(messages.prefix { $0.role == .system })
        state = Mutex(State(messages: messages))
    }

    /// The conversation so far, with what an interrupted answer left.
    public var messages: [ChatMessage] { state.withLock { $0.messages } }

    /// Whether an answer is being computed.
    public var isResponding: Bool { state.withLock { $0.isBusy } }

    /// Adds a user's message and gives the whole answer.
    ///
    /// - Parameter options: in place of ``options``.
    /// - Throws: an ``ONNXError``, or `CancellationError`.
    @discardableResult
    public func respond(to text: String, options: GenerationOptions? = nil) async throws -> Response {
        try await streamResponse(to: text, options: options).collect()
    }

    /// Adds a user's message and streams the answer, which joins the conversation when it ends.
    ///
    /// When the computation fails, the message is taken back, so that the call can be repeated. When the iteration is
    /// cancelled, what was said so far stays.
    public func streamResponse(to text: String, options: GenerationOptions? = nil) -> GenerationStream {
        streamResponse(adding: [ChatMessage(.user, text)], options: options)
    }

    /// Adds messages, none or several, and streams the answer.
    public func streamResponse(
        adding newMessages: [ChatMessage], options: GenerationOptions? = nil
    ) -> GenerationStream {
        stream(options) { messages in messages += newMessages }
    }

    /// Answers the last user's message once more; the answer before, and what came with it, goes.
    ///
    /// The stream fails with `chat.range` when there is no user's message.
    public func streamResponseAgain(options: GenerationOptions? = nil) -> GenerationStream {
        stream(options) { messages throws(ONNXError) in
            guard let last = messages.lastIndex(where: { $0.role == .user }) else {
                throw ONNXError("chat.range", "The conversation has no user's message to answer again.")
            }
            messages.removeSubrange((last + 1)...)
        }
    }

    /// Puts another text in place of a message, forgets the messages after it, and streams the answer.
    ///
    /// - Parameter index: of the message in ``messages``; the stream fails with `chat.range` when there is none.
    public func streamResponse(
        replacing index: Int, with text: String, options: GenerationOptions? = nil
    ) -> GenerationStream {
        stream(options) { messages throws(ONNXError) in
            guard messages.indices.contains(index) else {
                throw ONNXError("chat.range", "There is no message \(index) among \(messages.count).")
            }
            messages[index].content = text
            messages.removeSubrange((index + 1)...)
        }
    }

    /// Forgets everything but the instructions.
    ///
    /// - Throws: `chat.busy` while an answer is computed.
    public func reset() throws(ONNXError) {
        _ = try edit { $0 = self.instructions }
    }

    /// Forgets the messages after the first `messageCount`.
    ///
    /// - Throws: `chat.busy` while an answer is computed; `chat.range` when there are fewer messages.
    public func rewind(to messageCount: Int) throws(ONNXError) {
        _ = try edit { messages throws(ONNXError) in
            guard (0...messages.count).contains(messageCount) else {
                throw ONNXError(
                    "chat.range", "The conversation has \(messages.count) messages, not \(messageCount).")
            }
            messages.removeSubrange(messageCount...)
        }
    }

    /// Changes the conversation, and marks it as answering if `begins`; gives the messages of before.
    private func edit(
        begins: Bool = false, _ change: (inout [ChatMessage]) throws(ONNXError) -> Void
    ) throws(ONNXError) -> [ChatMessage] {
        let result: Result<[ChatMessage], ONNXError> = state.withLock { state in
            guard !state.isBusy else {
                return .failure(
                    ONNXError(
                        "chat.busy", "This conversation is still answering; wait for it or cancel it."))
            }
            var messages = state.messages
            do throws(ONNXError) {
                try change(&messages)
            } catch {
                return .failure(error)
            }
            let before = state.messages
            state.messages = messages
            state.isBusy = begins
            // What was left out may be gone.
            let instructions = messages.prefix { $0.role == .system }.count
            if messages.count <= instructions + state.droppedCount { state.droppedCount = 0 }
            return .success(before)
        }
        return try result.get()
    }

    private func stream(
        _ options: GenerationOptions?,
        _ change: @escaping @Sendable (inout [ChatMessage]) throws(ONNXError) -> Void
    ) -> GenerationStream {
        GenerationStream { isCancelled, emit throws(ONNXError) in
            let before = try self.edit(begins: true, change)
            var answer = ""
            do throws(ONNXError) {
                try self.answer(options ?? self.options, isCancelled) { piece in
                    answer += piece.text
                    if piece.summary != nil { self.end(answer: answer) }
                    emit(piece)
                }
            } catch {
                self.state.withLock { state in
                    state.messages = before
                    state.isBusy = false
                }
                throw error
            }
        }
    }

    private func end(answer: String) {
        state.withLock { state in
            state.messages.append(ChatMessage(.assistant, answer))
            state.isBusy = false
        }
    }

    private func answer(
        _ options: GenerationOptions, _ isCancelled: @escaping @Sendable () -> Bool,
        _ emit: (GeneratedPiece) -> Void
    ) throws(ONNXError) {
        let (messages, droppedBefore) = state.withLock { ($0.messages, $0.droppedCount) }
        let decoder: DecoderSession
        if let existing = box.decoder {
            decoder = existing
        } else {
            decoder = try model.makeDecoder()
            box.decoder = decoder
        }
        let settings = try model.settings(options)
        let window = try ContextWindow(
            messages, droppedBefore, contextPolicy,
            context: TokenLimit.length(settings, contextLength: decoder.lengthLimit(options.longContext)),
            maximumTokens: settings.maximumTokens
        ) { (messages: [ChatMessage]) throws(ONNXError) in
            try PromptRenderer(self.model).tokens(of: messages.map(\.json), tools: self.tools)
        }
        state.withLock { $0.droppedCount = window.droppedCount }
        let dropped = window.droppedCount - droppedBefore
        try model.generate(
            window.prompt, options, on: decoder,
            events: dropped > 0 ? [.droppedMessages(count: dropped)] : [], isCancelled, emit)
    }
}
