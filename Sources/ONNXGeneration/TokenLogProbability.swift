// SPDX-License-Identifier: Apache-2.0

/// How likely the model held a token, and what it held likelier: natural logarithms of its own probabilities, before
/// penalties, bans, temperature and what else ``GenerationOptions`` does to them.
///
///     var options = GenerationOptions(sampling: .greedy, maximumTokens: 3)
///     options.logProbabilities = 2
///     for entry in try await model.streamText("The sea is", options: options).collect().logProbabilities {
///         print(entry.token, entry.logProbability, entry.alternatives.map { $0.token })
///         print(entry.alternatives.count)  // 2
///     }
public struct TokenLogProbability: Sendable, Hashable {
    /// The chosen token.
    public let token: Int
    /// The natural logarithm of its probability.
    public let logProbability: Double

    /// The likeliest tokens, likeliest first, ties by the lower token; as many as were asked for. The chosen token is
    /// among them when it is one of these.
    public let alternatives: [Alternative]

    /// One of the likeliest tokens.
    ///
    ///     let scores = try await model.score(prompt: [1, 12], completion: [13], alternatives: 3)
    ///     for alternative in scores.tokens[0].alternatives {
    ///         print(alternative.token, alternative.logProbability)
    ///         print(alternative.logProbability <= 0)  // true
    ///     }
    public struct Alternative: Sendable, Hashable {
        /// Its number.
        public let token: Int
        /// The natural logarithm of its probability.
        public let logProbability: Double
    }
}
