// SPDX-License-Identifier: Apache-2.0
#if Providers
    /// Something that answers conversations: a model on this machine, a remote service, or several in order.
    ///
    ///     let response = try await provider.respond(to: ChatRequest("What is the capital of France?"))
    ///     print(response.text, "by", response.provider)
    ///
    /// Cancelling the task that waits cancels the request. Every call can be made at any time from any task.
    public protocol ChatProvider: Sendable {
        /// How answers, errors and configurations name it.
        var name: String { get }

        /// The model that is asked.
        var model: String { get }

        /// Whether it is certain that neither a request nor anything of it leaves this machine.
        var staysOnThisMachine: Bool { get }

        /// What it costs; nil where that is not known.
        var prices: ChatPrices? { get }

        /// Gives the whole answer.
        ///
        /// - Throws: a ``ChatProviderError``, or `CancellationError`.
        func respond(to request: ChatRequest) async throws -> ChatResponse

        /// Gives the answer as it is made.
        func streamResponse(to request: ChatRequest) -> ChatResponseStream
    }
#endif
