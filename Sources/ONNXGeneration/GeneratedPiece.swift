// SPDX-License-Identifier: Apache-2.0

/// A part of an answer as it arrives.
public struct GeneratedPiece: Sendable, Hashable {
    /// Whole characters; may be empty.
    public let text: String

    /// The tokens since the last piece.
    public let tokens: [Int]

    /// On the last piece: how the generation went.
    public let summary: GenerationSummary?
}

/// Why a generation ended.
public enum FinishReason: String, Sendable, Hashable {
    /// The model gave an end-of-sequence token, or a stop string came.
    case stop
    /// The maximum of new tokens, or the end of the context, was reached.
    case length
    /// The caller gave up.
    case cancelled
}

/// How a generation went.
public struct GenerationSummary: Sendable, Hashable {
    /// Why it ended.
    public let finishReason: FinishReason

    /// Tokens of the whole prompt.
    public let promptTokenCount: Int

    /// Tokens of the prompt that were in the cache already.
    public let cachedTokenCount: Int

    /// New tokens, an end-of-sequence token included.
    public let generatedTokenCount: Int

    /// Seconds until the first token was chosen.
    public let prefillSeconds: Double

    /// Seconds from the first token to the last.
    public let decodeSeconds: Double

    /// New tokens after the first, per second; 0 when there are none.
    public var decodeTokensPerSecond: Double {
        decodeSeconds > 0 ? Double(max(0, generatedTokenCount - 1)) / decodeSeconds : 0
    }
}
