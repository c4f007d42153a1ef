// SPDX-License-Identifier: Apache-2.0
public import ONNXChatTemplate
public import ONNXErrors
public import ONNXInference
import ONNXJSON
public import ONNXTokenization

/// A decoder loaded from a model folder: immutable, shared by any number of sessions.
///
///     let model = try await LanguageModel.load(from: "models/smollm2-135m-instruct")
///     print(model.path)  // models/smollm2-135m-instruct
///     print(model.contextLength > 100, model.endOfSequence.isEmpty)  // true false
///     print(model.inferenceModel.inputs.contains { $0.name == "input_ids" })  // true
///     print(model.loadSeconds.model + model.loadSeconds.tokenizer, "s to load")
///     if let tokenizer = model.tokenizer { print(tokenizer.vocabularySize, "tokens") }
///     if model.chatTemplate == nil { print("no chats, only texts") }
///     for note in model.notes { print(note) }
public final class LanguageModel: Sendable {
    /// The folder that the model was loaded from.
    public let path: String

    /// The graph, for those who want to run it themselves.
    public let inferenceModel: InferenceModel

    /// Tokens that one conversation may have, prompt and answers together.
    public let contextLength: Int

    /// Tokens that end an answer, united from all configuration files.
    public let endOfSequence: [Int]

    /// Things that loading noticed and went on without: parts of the configuration that this engine does not know, a
    /// cache of packed weights that could not be used.
    public let notes: [String]

    /// Seconds that loading took, without and with the tokenizer.
    public let loadSeconds: (model: Double, tokenizer: Double)

    /// Turns text into tokens and back; nil for a folder without one, which takes and gives tokens alone.
    public let tokenizer: Tokenizer?

    /// Turns conversations into text; nil for a folder without one, which continues plain text alone.
    public let chatTemplate: ChatTemplate?

    package let configuration: GenerationConfig
    let specialTokens: PromptRenderer.SpecialTokens
    private let signature: DecoderSignature

    /// Loads a folder on a thread of its own.
    ///
    ///     var options = LoadOptions()
    ///     options.threadCount = 2
    ///     let model = try await LanguageModel.load(from: "models/smollm2-135m-instruct", options: options)
    ///     print(model.inferenceModel.threadCount)  // 2
    ///
    /// - Throws: `model.*`, `external_data.*`, `proto.*`, `op.*`, `llm.*` for the graph, `tokenizer.*` and
    ///   `template.*` for the texts beside it, each saying what to do.
    public static func load(
        from path: String, options: LoadOptions = LoadOptions()
    ) async throws(ONNXError) -> LanguageModel {
        try await ComputeThread.run { () throws(ONNXError) in try LanguageModel(path, options) }
    }

    /// Loads a folder on the current thread.
    ///
    /// - Parameter readsTexts: whether tokenizer and chat template are loaded; without them the model runs on
    ///   tokens alone.
    package init(_ path: String, _ options: LoadOptions, readsTexts: Bool = true) throws(ONNXError) {
        let started = ContinuousClock.now
        let folder = try ModelFolder(path)
        configuration = folder.generation
        var options = options
        options.lastPositionOutput = configuration.names.logits
        self.path = path
        inferenceModel = try InferenceModel.load(from: folder.file(configuration.fileName), options: options)
        signature = try DecoderSignature(inferenceModel, configuration)
        let loaded = ContinuousClock.now
        var ends = folder.endOfSequence
        if readsTexts, Tokenizer.isThere(folder: path) {
            let tokenizer = try Tokenizer(folder: path)
            if let text = folder.token("eos_token"), let id = tokenizer.tokenID(of: text), !ends.contains(id)
            {
                ends = (ends + [id]).sorted()
            }
            self.tokenizer = tokenizer
            chatTemplate = try PromptRenderer.template(of: folder)
        } else {
            tokenizer = nil
            chatTemplate = nil
        }
        endOfSequence = ends
        specialTokens = PromptRenderer.SpecialTokens(
            beginOfSequence: folder.token("bos_token"), endOfSequence: folder.token("eos_token"))
        contextLength =
            configuration.contextLength ?? configuration.search.maximumLength ?? Self.defaultContextLength
        notes =
            configuration.unknownKeys.map { "genai_config.json: the key \($0) is not known here and ignored" }
            + inferenceModel.notes
        loadSeconds = ((loaded - started).seconds, (ContinuousClock.now - loaded).seconds)
    }

    /// A decoder with empty caches.
    package func makeDecoder(chunkSize: Int = 512) throws(ONNXError) -> DecoderSession {
        try DecoderSession(inferenceModel, signature, contextLength: contextLength, chunkSize: chunkSize)
    }

    /// The context of a model whose configuration tells none.
    static let defaultContextLength = 2048

    /// The tokenizer.
    ///
    /// - Throws: `tokenizer.missing`.
    package func requireTokenizer() throws(ONNXError) -> Tokenizer {
        guard let tokenizer else {
            throw ONNXError(
                "tokenizer.missing",
                "The folder \"\(path)\" has no tokenizer.json; download it from the same repository, or give token numbers."
            )
        }
        return tokenizer
    }

    /// Continues a text, without a chat template.
    ///
    ///     for try await piece in model.streamText("Once upon a time") { print(piece.text, terminator: "") }
    ///
    /// The stream fails with `tokenizer.missing` for a folder without tokenizer, `prompt.*`, `options.*`.
    public func streamText(_ prompt: String, options: GenerationOptions = GenerationOptions())
        -> GenerationStream
    {
        GenerationStream { isCancelled, emit throws(ONNXError) in
            let tokens = try self.requireTokenizer().encode(
                prompt, addSpecialTokens: true, parseSpecial: false)
            try self.generate(tokens, options, on: self.makeDecoder(), isCancelled, emit)
        }
    }

    /// Continues a row of tokens, for programs that make their own prompts.
    ///
    ///     let options = GenerationOptions(sampling: .greedy, maximumTokens: 3)
    ///     let response = try await model.streamTokens([1, 20, 21], options: options).collect()
    ///     print(response.tokens.count)  // 3
    ///
    /// The stream fails with `tokenizer.bad_id` for tokens outside the vocabulary, `prompt.*`, `options.*`.
    public func streamTokens(_ prompt: [Int], options: GenerationOptions = GenerationOptions())
        -> GenerationStream
    {
        GenerationStream { isCancelled, emit throws(ONNXError) in
            try self.generate(prompt, options, on: self.makeDecoder(), isCancelled, emit)
        }
    }

    /// The tokens that a ``ChatSession`` of these messages gives the model, up to where the answer begins; their count is
    /// what the conversation takes of ``contextLength``.
    ///
    ///     let prompt = try model.promptTokens(for: [
    ///         ChatMessage(.system, "Be brief."), ChatMessage(.user, "Hi"),
    ///     ])
    ///     print(prompt.count < model.contextLength)  // true
    ///
    /// - Parameters:
    ///   - tools: descriptions of tools, as a JSON array, for templates that know them.
    ///   - trustsMessages: whether special tokens spelled in messages are meant.
    /// - Throws: `template.missing`, `template.*`, `tokenizer.*`, `json.*` for `tools`.
    public func promptTokens(
        for messages: [ChatMessage], tools: String? = nil, trustsMessages: Bool = false
    ) throws(ONNXError) -> [Int] {
        try PromptRenderer(self).tokens(
            of: messages.map(\.json), tools: tools, trustsMessages: trustsMessages)
    }

    /// Runs one generation on the current thread.
    func generate(
        _ prompt: [Int], _ options: GenerationOptions, on decoder: DecoderSession,
        events: [GenerationEvent] = [], _ isCancelled: @escaping @Sendable () -> Bool,
        _ emit: (GeneratedPiece) -> Void
    ) throws(ONNXError) {
        try checkVocabulary(prompt)
        let loop = try makeLoop(options, isCancelled)
        if loop.settings.beamCount > 1 {
            try loop.runBeams(
                prompt, on: decoder, events: events,
                makeDecoder: { () throws(ONNXError) in try self.makeDecoder() }, emit: emit)
        } else {
            try loop.run(prompt, on: decoder, events: events, emit: emit)
        }
    }

    /// - Throws: `tokenizer.bad_id` for tokens outside the vocabulary.
    func checkVocabulary(_ prompt: [Int]) throws(ONNXError) {
        if let size = configuration.vocabularySize, let bad = prompt.first(where: { $0 < 0 || $0 >= size }) {
            throw ONNXError("tokenizer.bad_id", "The token \(bad) is not in the vocabulary of \(size).")
        }
    }

    /// - Parameter ends: end-of-sequence tokens in place of the model's.
    func makeLoop(
        _ options: GenerationOptions, _ isCancelled: @escaping @Sendable () -> Bool, ends: [Int]? = nil
    ) throws(ONNXError) -> GenerationLoop {
        var settings = try settings(options)
        try settings.checkBeams()
        if let ends { settings.endOfSequence = Set(ends) }
        return GenerationLoop(
            options: options, settings: settings, endOfSequence: settings.endOfSequence,
            tokenizer: tokenizer, isCancelled: isCancelled)
    }

    /// What a generation with these options goes by.
    ///
    /// - Throws: `options.range`; `tokenizer.missing` when words are banned without a tokenizer.
    package func settings(_ options: GenerationOptions) throws(ONNXError) -> SearchSettings {
        try options.validate()
        var settings = SearchSettings(
            options, defaults: configuration.search, endOfSequence: Set(endOfSequence))
        for word in options.bannedWords {
            let tokenizer = try requireTokenizer()
            for text in [word, " " + word] {
                let tokens = try tokenizer.encode(text, addSpecialTokens: false, parseSpecial: false)
                if !tokens.isEmpty { settings.bannedTokens.append(tokens) }
            }
        }
        return settings
    }
}
