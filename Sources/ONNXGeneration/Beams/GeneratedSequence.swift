// SPDX-License-Identifier: Apache-2.0

/// One of several continuations of a prompt; see ``LanguageModel/generateSequences(_:options:)-(String,_)``.
///
///     var options = GenerationOptions()
///     options.beamCount = 3
///     options.returnedCount = 3
///     options.maximumTokens = 4
///     for sequence in try await model.generateSequences("The sea is", options: options) {
///         print(sequence.score ?? 0, sequence.text, sequence.tokens.count, sequence.finishReason)
///         print(sequence.logProbabilities.count)  // 0
///     }
public struct GeneratedSequence: Sendable, Hashable {
    /// The continuation, without the prompt.
    public let text: String

    /// New tokens; those that beams found come without the end-of-sequence token.
    public let tokens: [Int]

    /// The sum of the log-probabilities that beam search went by, divided by the length (prompt included) to the power
    /// of the length penalty; nil for drawn sequences.
    public let score: Float?

    /// How likely each of ``tokens`` was, when ``GenerationOptions/logProbabilities`` asks for it.
    public let logProbabilities: [TokenLogProbability]

    /// Why it ended.
    public let finishReason: FinishReason
}
