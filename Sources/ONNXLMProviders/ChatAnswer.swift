// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXLM

    /// An answer as it is put together from its parts.
    struct ChatAnswer {
        var text = ""
        var finish: ChatResponse.FinishReason?
        private let start = ContinuousClock.now
        private var firstText: ContinuousClock.Instant?
        private var promptTokens: Int?
        private var generatedTokens: Int?
        private var model: String?

        mutating func take(_ part: ChatPart) {
            switch part {
            case .text(let more):
                if firstText == nil, !more.isEmpty { firstText = .now }
                text += more
            case .finish(let reason): finish = reason
            case .promptTokens(let count): promptTokens = count
            case .generatedTokens(let count): generatedTokens = count
            case .model(let name): model = name
            case .end, .refusal, .failure: break
            }
        }

        /// - Throws: `interrupted` without an announced end.
        func response(_ chat: RemoteChat, streamed: Bool) throws -> ChatResponse {
            guard let finish else {
                throw ChatProviderError(
                    .interrupted, "\(chat.name) did not say that its answer is complete.", provider: chat.name
                )
            }
            if finish == .contentFilter, text.isEmpty {
                throw ChatProviderError(
                    .refused, "\(chat.name) held the answer back.", provider: chat.name)
            }
            var usage: TokenUsage?
            if let promptTokens, let generatedTokens {
                usage = TokenUsage(promptTokenCount: promptTokens, generatedTokenCount: generatedTokens)
            }
            return ChatResponse(
                text: text, finishReason: finish, usage: usage,
                secondsToFirstToken: streamed ? firstText.map { start.duration(to: $0).inSeconds } : nil,
                seconds: start.duration(to: .now).inSeconds, provider: chat.name,
                model: model.map { chat.shown($0) } ?? chat.model,
                costEstimate: usage.flatMap { usage in chat.prices.map { $0.cost(of: usage) } })
        }
    }

    extension Duration {
        var inSeconds: Double {
            let (seconds, attoseconds) = components
            return Double(seconds) + Double(attoseconds) * 1e-18
        }
    }
#endif
