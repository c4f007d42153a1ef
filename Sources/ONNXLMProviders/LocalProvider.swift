// SPDX-License-Identifier: Apache-2.0
#if Providers
    public import ONNXLM

    /// A model folder on this machine, answered by this engine.
    ///
    ///     let provider = LocalProvider(path: "models/smollm2-135m-instruct")
    ///     let response = try await provider.respond(to: ChatRequest("What is the capital of France?"))
    ///
    /// The model is loaded by the first request and stays loaded. A load that failed is tried again by the next request, so
    /// that files may be mended meanwhile. A request that goes on from the conversation answered last is read from there
    /// on.
    public final class LocalProvider: ChatProvider {
        public let name: String
        public let model: String
        public let prices: ChatPrices? = .free
        public let staysOnThisMachine = true

        private let loader: ModelLoader
        private let turns: TaskQueue
        private let shelf = SessionShelf(capacity: 1)

        /// A model that is loaded when it is first asked.
        ///
        /// - Parameters:
        ///   - model: how answers name the model; the folder's name where nil.
        ///   - maximumConcurrentAnswers: answers that are computed at a time; further requests wait in order.
        public init(
            path: String, name: String = "local", model: String? = nil, options: LoadOptions = LoadOptions(),
            maximumConcurrentAnswers: Int = 1
        ) {
            self.name = name
            self.model = model ?? path.split(separator: "/").last.map(String.init) ?? path
            loader = ModelLoader { () async throws(ONNXError) in
                try await LanguageModel.load(from: path, options: options)
            }
            turns = TaskQueue(limit: maximumConcurrentAnswers)
        }

        /// A model that is loaded already.
        public init(
            _ language: LanguageModel, name: String = "local", model: String? = nil,
            maximumConcurrentAnswers: Int = 1
        ) {
            self.name = name
            self.model = model ?? language.path.split(separator: "/").last.map(String.init) ?? language.path
            loader = ModelLoader { language }
            turns = TaskQueue(limit: maximumConcurrentAnswers)
        }

        /// The loaded model, loading it first if need be.
        ///
        /// - Throws: a ``ChatProviderError``, or `CancellationError`.
        public func load() async throws -> LanguageModel {
            do {
                return try await loader.model()
            } catch let error as ONNXError {
                throw ChatProviderError(engine: error, provider: name)
            }
        }

        /// The model if it has been asked for; a program that is about to end can wait with it until its packed weights are
        /// written.
        package func loadedModel() async -> LanguageModel? { await loader.loaded() }

        public func respond(to request: ChatRequest) async throws -> ChatResponse {
            try await answer(request) { _ in }
        }

        public func streamResponse(to request: ChatRequest) -> ChatResponseStream {
            ChatResponseStream { emit in try await self.answer(request, emit) }
        }

        private func answer(
            _ request: ChatRequest, _ emit: @Sendable (String) -> Void
        ) async throws -> ChatResponse {
            let start = ContinuousClock.now
            let language = try await load()
            try await turns.enter()
            defer { turns.leave() }
            var text = ""
            var first: ContinuousClock.Instant?
            do {
                let (session, rest) = shelf.take(language, request.allMessages)
                for try await piece in session.streamResponse(adding: rest, options: request.options) {
                    if !piece.text.isEmpty {
                        first = first ?? .now
                        text += piece.text
                        emit(piece.text)
                    }
                    guard let summary = piece.summary else { continue }
                    try Task.checkCancellation()
                    shelf.keep(session)
                    return response(text, summary, start, first)
                }
            } catch let error as ONNXError {
                throw ChatProviderError(engine: error, provider: name)
            }
            try Task.checkCancellation()
            throw ChatProviderError(.interrupted, "The answer ended without a summary.", provider: name)
        }

        private func response(
            _ text: String, _ summary: GenerationSummary, _ start: ContinuousClock.Instant,
            _ first: ContinuousClock.Instant?
        ) -> ChatResponse {
            let usage = TokenUsage(
                promptTokenCount: summary.promptTokenCount, generatedTokenCount: summary.generatedTokenCount)
            return ChatResponse(
                text: text, finishReason: summary.finishReason == .stop ? .stop : .length, usage: usage,
                secondsToFirstToken: first.map { start.duration(to: $0).inSeconds },
                seconds: start.duration(to: .now).inSeconds, provider: name, model: model, costEstimate: 0)
        }
    }
#endif
