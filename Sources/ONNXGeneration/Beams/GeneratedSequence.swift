// SPDX-License-Identifier: Apache-2.0

/// One of several continuations of a prompt; see ``LanguageModel/generateSequences(_:options:)-(String,_)``.
public struct GeneratedSequence: Sendable, Hashable {
    public let text: String

    /// New tokens; those that beams found come without the end-of-sequence token.
    public let tokens: [Int]

    /// The sum of the log-probabilities that beam search went by, divided by the length (prompt included) to the power
    /// of the length penalty; nil for drawn sequences.
    public let score: Float?

    /// How likely each of ``tokens`` was, when ``GenerationOptions/logProbabilities`` asks for it.
    public let logProbabilities: [TokenLogProbability]

    public let finishReason: FinishReason
}
