// SPDX-License-Identifier: Apache-2.0

extension GenerationOptions {
    /// How the next token is picked from the likely ones.
    public struct SamplingMode: Sendable, Hashable {
        private enum Kind: Hashable {
            case greedy
            case top(Int)
            case threshold(Float)
        }

        private let kind: Kind
        private let seed: UInt64?

        /// Always the most likely token.
        public static let greedy = SamplingMode(kind: .greedy, seed: nil)

        /// One of the `top` most likely tokens, by chance.
        ///
        /// - Parameter seed: makes the answer repeatable.
        public static func random(top: Int, seed: UInt64? = nil) -> SamplingMode {
            SamplingMode(kind: .top(top), seed: seed)
        }

        /// One of the most likely tokens whose probabilities add up to the threshold, by chance.
        ///
        /// - Parameters:
        ///   - probabilityThreshold: above 0 and at most 1.
        ///   - seed: makes the answer repeatable.
        public static func random(probabilityThreshold: Double, seed: UInt64? = nil) -> SamplingMode {
            SamplingMode(kind: .threshold(Float(probabilityThreshold)), seed: seed)
        }

        fileprivate func apply(to options: inout GenerationOptions) {
            switch kind {
            case .greedy: options.temperature = 0
            case .top(let count):
                options.topK = count
                options.topP = 1
                options.temperature = options.temperature ?? 1
            case .threshold(let threshold):
                options.topK = 0
                options.topP = threshold
                options.temperature = options.temperature ?? 1
            }
            options.seed = seed
        }
    }

    /// Options as FoundationModels names them.
    ///
    ///     let options = GenerationOptions(sampling: .random(top: 50, seed: 7), temperature: 0.8)
    ///
    /// - Parameters:
    ///   - sampling: how tokens are picked; nil for what the model's configuration says.
    ///   - temperature: above 0 for sampling modes by chance; `.greedy` pays no heed to it.
    ///   - maximumResponseTokens: new tokens at most; nil for as many as the context holds.
    public init(
        sampling: SamplingMode? = nil, temperature: Double? = nil, maximumResponseTokens: Int? = nil
    ) {
        self.init()
        self.temperature = temperature.map { Float($0) }
        maximumTokens = maximumResponseTokens
        sampling?.apply(to: &self)
    }
}
