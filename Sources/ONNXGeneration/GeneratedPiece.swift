// SPDX-License-Identifier: Apache-2.0

/// A part of an answer as it arrives.
///
///     var options = GenerationOptions(sampling: .greedy, maximumTokens: 4)
///     options.logProbabilities = 0
///     for try await piece in model.streamText("The sea is", options: options) {
///         print(piece.text, piece.tokens, piece.logProbabilities.map { $0.logProbability })
///         for event in piece.events { print(event) }
///         if let summary = piece.summary { print(summary.generatedTokenCount) }
///     }
public struct GeneratedPiece: Sendable, Hashable {
    /// Whole characters; may be empty.
    public let text: String

    /// The tokens since the last piece.
    public let tokens: [Int]

    /// How likely each of ``tokens`` was, when ``GenerationOptions/logProbabilities`` asks for it.
    public let logProbabilities: [TokenLogProbability]

    /// What else happened since the last piece, such as a conversation cut to fit or a cache computed anew.
    public let events: [GenerationEvent]

    /// On the last piece: how the generation went.
    public let summary: GenerationSummary?

    init(
        text: String = "", tokens: [Int] = [], logProbabilities: [TokenLogProbability] = [],
        events: [GenerationEvent] = [], summary: GenerationSummary? = nil
    ) {
        self.text = text
        self.tokens = tokens
        self.logProbabilities = logProbabilities
        self.events = events
        self.summary = summary
    }
}
