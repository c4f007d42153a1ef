// SPDX-License-Identifier: Apache-2.0
#if Providers
    /// What a provider charges, in US dollars, for a million tokens.
    public struct ChatPrices: Sendable, Hashable {
        public var promptPerMillion: Double
        public var generatedPerMillion: Double

        public init(promptPerMillion: Double, generatedPerMillion: Double) {
            self.promptPerMillion = promptPerMillion
            self.generatedPerMillion = generatedPerMillion
        }

        /// A model of one's own.
        public static let free = ChatPrices(promptPerMillion: 0, generatedPerMillion: 0)

        /// US dollars for so many tokens.
        public func cost(of usage: TokenUsage) -> Double {
            (Double(usage.promptTokenCount) * promptPerMillion
                + Double(usage.generatedTokenCount) * generatedPerMillion) / 1_000_000
        }
    }

    /// The tokens of one request.
    public struct TokenUsage: Sendable, Hashable {
        /// Instructions and template included, as the provider counts.
        public var promptTokenCount: Int
        public var generatedTokenCount: Int

        public init(promptTokenCount: Int, generatedTokenCount: Int) {
            self.promptTokenCount = promptTokenCount
            self.generatedTokenCount = generatedTokenCount
        }
    }
#endif
