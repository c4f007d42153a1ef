// SPDX-License-Identifier: Apache-2.0
#if Providers
    /// A whole answer, with who gave it and what it took.
    public struct ChatResponse: Sendable, Hashable {
        /// Why an answer ended.
        public struct FinishReason: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
            public let rawValue: String

            public init(rawValue: String) { self.rawValue = rawValue }

            /// The answer is complete, or a stop text came.
            public static let stop = FinishReason(rawValue: "stop")

            /// The maximum of tokens, or the end of the context, was reached.
            public static let length = FinishReason(rawValue: "length")

            /// The provider held the rest back. An answer that was held back whole is an error of the kind
            /// ``ChatProviderError/Kind/refused``.
            public static let contentFilter = FinishReason(rawValue: "content_filter")

            public var description: String { rawValue }
        }

        public var text: String
        public var finishReason: FinishReason

        /// Nil where the provider did not say.
        public var usage: TokenUsage?

        /// Seconds from the call to the first text; nil for an answer that came in one piece.
        public var secondsToFirstToken: Double?

        /// Seconds from the call to the end, waiting and attempts of other providers not included.
        public var seconds: Double

        /// Who answered: ``ChatProvider/name``.
        public var provider: String

        /// The model that answered, as the provider names it.
        public var model: String

        /// US dollars by the provider's prices; nil where prices or usage are not known.
        public var costEstimate: Double?

        /// Who was asked before and why they did not answer, in order.
        public var attempts: [ChatAttempt] = []

        /// Tokens after the first per second, for a stream; tokens per second of the whole time for an answer in one
        /// piece. Nil where the usage is not known or there is nothing to divide.
        public var tokensPerSecond: Double? {
            guard let usage else { return nil }
            guard let secondsToFirstToken else {
                return seconds > 0 ? Double(usage.generatedTokenCount) / seconds : nil
            }
            let time = seconds - secondsToFirstToken
            guard time > 0, usage.generatedTokenCount > 1 else { return nil }
            return Double(usage.generatedTokenCount - 1) / time
        }

        public init(
            text: String, finishReason: FinishReason, usage: TokenUsage? = nil,
            secondsToFirstToken: Double? = nil, seconds: Double, provider: String, model: String,
            costEstimate: Double? = nil
        ) {
            self.text = text
            self.finishReason = finishReason
            self.usage = usage
            self.secondsToFirstToken = secondsToFirstToken
            self.seconds = seconds
            self.provider = provider
            self.model = model
            self.costEstimate = costEstimate
        }
    }

    /// A provider that was to answer and did not.
    public struct ChatAttempt: Sendable, Hashable, CustomStringConvertible {
        public var provider: String
        public var model: String
        public var kind: ChatProviderError.Kind

        /// One sentence.
        public var reason: String

        /// Seconds that it took; 0 when the provider was not asked at all.
        public var seconds: Double

        public var description: String { "\(provider) (\(model)): \(kind): \(reason)" }
    }
#endif
