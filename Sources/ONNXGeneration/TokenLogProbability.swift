// SPDX-License-Identifier: Apache-2.0

/// How likely the model held a token, and what it held likelier: natural logarithms of its own probabilities, before
/// penalties, bans, temperature and what else ``GenerationOptions`` does to them.
public struct TokenLogProbability: Sendable, Hashable {
    public let token: Int
    public let logProbability: Double

    /// The likeliest tokens, likeliest first, ties by the lower token; as many as were asked for. The chosen token is
    /// among them when it is one of these.
    public let alternatives: [Alternative]

    /// One of the likeliest tokens.
    public struct Alternative: Sendable, Hashable {
        public let token: Int
        public let logProbability: Double
    }
}
