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
/// Who knows a conversation already begins with its messages; what a session was made with can be asked:
///
///     let options = GenerationOptions(sampling: .greedy, maximumTokens: 2)
///     let chat = ChatSession(
///         model, messages: [ChatMessage(.system, "Be brief.")], options: options, contextPolicy: .stop)
///     print(chat.model === model, chat.options.maximumTokens ?? 0)  // true 2
///     _ = try await chat.respond(to: "Hi")
///     print(chat.messages.count, chat.isResponding)  // 3 false
///     print(chat.contextPolicy == .stop)  // true
///
/// Every prompt is the whole conversation; of its tokens, those that begin it and are cached are not read again. So an
/// edited message or another answer costs what comes after the change. One answer is computed at a time; a second call
/// meanwhile fails with `chat.busy`.
public final class ChatSession: Sendable {
    struct State {
        var messages: [ChatMessage]
        var isBusy = false
        /// Messages after the instructions that no longer fit the context.
        var droppedCount = 0
    }

    /// Holds the decoder, which only the one running answer touches.
    // Safety: `State.isBusy` lets one answer at a time at the decoder.
    final class DecoderBox: @unchecked Sendable {
        var decoder: DecoderSession?
    }

    /// The model that answers.
    public let model: LanguageModel
    /// The options of calls that give none of their own.
    public let options: GenerationOptions
    /// What happens when the conversation no longer fits the context.
    public let contextPolicy: ContextPolicy
    let tools: String?
    private let instructions: [ChatMessage]
    let state: Mutex<State>
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
    ///     let answer = try await chat.respond(to: "Hi", options: GenerationOptions(maximumTokens: 3))
    ///     print(answer.text == chat.messages.last?.content)  // true
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
    ///
    ///     for try await piece in chat.streamResponse(to: "Hi") { print(piece.text, terminator: "") }
    ///     print(chat.messages.count)  // 2
    public func streamResponse(to text: String, options: GenerationOptions? = nil) -> GenerationStream {
        streamResponse(adding: [ChatMessage(.user, text)], options: options)
    }

    /// Adds messages, none or several, and streams the answer.
    ///
    ///     let results = [ChatMessage(.assistant, "weather(Rome)"), ChatMessage(.tool, "sunny")]
    ///     let answer = try await chat.streamResponse(adding: results).collect()
    ///     print(chat.messages.count, chat.messages[2].content == answer.text)  // 3 true
    ///
    /// Fails as ``streamResponse(to:options:)``.
    public func streamResponse(
        adding newMessages: [ChatMessage], options: GenerationOptions? = nil
    ) -> GenerationStream {
        stream(options) { messages in messages += newMessages }
    }

    /// Answers the last user's message once more; the answer before, and what came with it, goes.
    ///
    ///     try await chat.respond(to: "Hi")
    ///     let livelier = GenerationOptions(sampling: .random(top: 50), temperature: 1.2, maximumTokens: 3)
    ///     let second = try await chat.streamResponseAgain(options: livelier).collect()
    ///     print(chat.messages.count, chat.messages[1].content == second.text)  // 2 true
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
    ///     try await chat.respond(to: "Hi")
    ///     try await chat.respond(to: "Bye")
    ///     let answer = try await chat.streamResponse(replacing: 0, with: "Good day").collect()
    ///     print(chat.messages.count, chat.messages[0].content, answer.summary.cachedTokenCount > 0)  // 2 Good day true
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
    ///     try await chat.respond(to: "Hi")
    ///     try chat.reset()
    ///     print(chat.messages)  // []
    ///
    /// - Throws: `chat.busy` while an answer is computed.
    public func reset() throws(ONNXError) {
        _ = try edit { $0 = self.instructions }
    }

    /// Forgets the messages after the first `messageCount`.
    ///
    ///     try await chat.respond(to: "Hi")
    ///     try await chat.respond(to: "Bye")
    ///     try chat.rewind(to: 2)
    ///     print(chat.messages[0].content, chat.messages.count)  // Hi 2
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
    func edit(
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
        let decoder = try decoder()
        let window = try window(messages, droppedBefore, options, decoder)
        state.withLock { $0.droppedCount = window.droppedCount }
        let dropped = window.droppedCount - droppedBefore
        try model.generate(
            window.prompt, options, on: decoder,
            events: dropped > 0 ? [.droppedMessages(count: dropped)] : [], isCancelled, emit)
    }

    /// The decoder; only for whoever has the session marked as answering.
    func decoder() throws(ONNXError) -> DecoderSession {
        if let existing = box.decoder { return existing }
        let decoder = try model.makeDecoder()
        box.decoder = decoder
        return decoder
    }

    /// What the model reads of a conversation.
    func window(
        _ messages: [ChatMessage], _ droppedBefore: Int, _ options: GenerationOptions,
        _ decoder: DecoderSession
    ) throws(ONNXError) -> ContextWindow {
        let settings = try model.settings(options)
        return try ContextWindow(
            messages, droppedBefore, contextPolicy,
            context: TokenLimit.length(settings, contextLength: decoder.lengthLimit(options.longContext)),
            maximumTokens: settings.maximumTokens
        ) { (messages: [ChatMessage]) throws(ONNXError) in
            try self.model.promptTokens(
                for: messages, tools: self.tools, trustsMessages: options.trustsMessages)
        }
    }
}
