// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXLM
    import ONNXLMProviders
    import Synchronization

    /// A provider in this process that does as it is told, call by call.
    final class ScriptedProvider: ChatProvider {
        enum Step: Sendable {
            case answer(String)

            /// The texts, then the failure.
            case fail(ChatProviderError.Kind, after: [String] = [], retryAfter: Duration? = nil)

            /// Nothing for so long, then the text.
            case late(Duration, String)
        }

        let name: String
        let model = "scripted"
        let staysOnThisMachine: Bool
        let prices: ChatPrices?
        private let steps: Mutex<[Step]>
        private let times = Mutex<[ContinuousClock.Instant]>([])

        /// - Parameter steps: the last one repeats.
        init(_ name: String, _ steps: [Step], stays: Bool = false, prices: ChatPrices? = nil) {
            self.name = name
            self.steps = Mutex(steps)
            staysOnThisMachine = stays
            self.prices = prices
        }

        /// When each call came.
        var calls: [ContinuousClock.Instant] { times.withLock { $0 } }

        func respond(to request: ChatRequest) async throws -> ChatResponse {
            try await streamResponse(to: request).collect()
        }

        func streamResponse(to request: ChatRequest) -> ChatResponseStream {
            times.withLock { $0.append(.now) }
            let step = steps.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
            return ChatResponseStream { [name, model, prices] emit in
                var text: String
                switch step {
                case .answer(let words): text = words
                case .late(let wait, let words):
                    try await Task.sleep(for: wait)
                    text = words
                case .fail(let kind, let texts, let retryAfter):
                    for text in texts { emit(text) }
                    throw ChatProviderError(
                        kind, ONNXError("test.failure", "told to fail"), provider: name,
                        retryAfter: retryAfter)
                }
                emit(text)
                let usage = TokenUsage(promptTokenCount: 10, generatedTokenCount: 10)
                return ChatResponse(
                    text: text, finishReason: .stop, usage: usage, seconds: 0, provider: name, model: model,
                    costEstimate: prices?.cost(of: usage))
            }
        }
    }
#endif
