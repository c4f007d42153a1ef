// SPDX-License-Identifier: Apache-2.0

/// How a generation went.
///
///     let options = GenerationOptions(sampling: .greedy, maximumTokens: 4)
///     let summary = try await model.streamText("The sea is", options: options).collect().summary
///     print(summary.finishReason == .length, summary.generatedTokenCount)  // true 4
///     print(summary.promptTokenCount, "tokens read,", summary.cachedTokenCount, "of them before")
///     print(summary.prefillSeconds, "s to the first token,", summary.decodeSeconds, "s for the others")
///     print(summary.decodeTokensPerSecond > 0)  // true
public struct GenerationSummary: Sendable, Hashable {
    /// Why it ended.
    public let finishReason: FinishReason

    /// Tokens of the whole prompt.
    public let promptTokenCount: Int

    /// Tokens of the prompt that were in the cache already.
    public let cachedTokenCount: Int

    /// New tokens, an end-of-sequence token included.
    public let generatedTokenCount: Int

    /// Tokens that were guessed and read together with others; see ``GenerationOptions/promptLookup``.
    public let draftedTokenCount: Int

    /// How many of these were right.
    public let acceptedTokenCount: Int

    /// Seconds until the first token was chosen.
    public let prefillSeconds: Double

    /// Seconds from the first token to the last.
    public let decodeSeconds: Double

    /// New tokens after the first, per second; 0 when there are none.
    public var decodeTokensPerSecond: Double {
        decodeSeconds > 0 ? Double(max(0, generatedTokenCount - 1)) / decodeSeconds : 0
    }
}
