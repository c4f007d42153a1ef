// SPDX-License-Identifier: Apache-2.0

/// A complete answer; printed, it is its text.
///
///     var options = GenerationOptions(sampling: .greedy, maximumTokens: 4)
///     options.logProbabilities = 0
///     let response = try await model.streamText("The sea is", options: options).collect()
///     print("\(response)" == response.content, response.content == response.text)  // true true
///     print(response.tokens.count == response.summary.generatedTokenCount)  // true
///     print(response.logProbabilities.count == response.tokens.count)  // true
///     print(response.events)  // []
public struct Response: Sendable, Hashable, CustomStringConvertible {
    /// The answer, without the stop string that ended it.
    public let text: String

    /// Its tokens.
    public let tokens: [Int]

    /// How likely each of ``tokens`` was, when ``GenerationOptions/logProbabilities`` asks for it.
    public let logProbabilities: [TokenLogProbability]

    /// What else happened on the way.
    public let events: [GenerationEvent]

    /// Counts and times, and why it ended.
    public let summary: GenerationSummary

    /// The text, under the name that it has in FoundationModels.
    public var content: String { text }

    /// The text.
    public var description: String { text }
}
