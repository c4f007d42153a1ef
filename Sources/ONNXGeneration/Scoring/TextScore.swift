// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How likely a model holds a row of tokens; natural logarithms.
///
///     let score = try await model.score(prompt: "The capital of France is", completion: " Paris")
///     print(score.total, score.mean, score.perplexity)
///     print(score.mean == score.total / Double(score.tokens.count))  // true
public struct TextScore: Sendable, Hashable {
    /// The tokens that were counted, with their log-probabilities.
    public let tokens: [TokenLogProbability]

    /// The log-probability of all of them together.
    public var total: Double { tokens.reduce(0) { $0 + $1.logProbability } }

    /// The mean log-probability of a token; 0 without tokens.
    public var mean: Double { tokens.isEmpty ? 0 : total / Double(tokens.count) }

    /// The exponential of the negative mean: as how many equally likely tokens the text surprises.
    public var perplexity: Double { exp(-mean) }
}
