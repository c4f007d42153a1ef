// SPDX-License-Identifier: Apache-2.0

/// How large a tokenizer may be before it is refused.
public struct TokenizerLimits: Sendable, Hashable {
    public var fileBytes = 256 << 20
    public var tokens = 2_000_000
    public var merges = 4_000_000
    public var addedTokens = 100_000
    public var tokenBytes = 64 << 10
    /// One piece of a Unigram model.
    public var unigramPieceBytes = 512
    /// All added tokens together.
    public var addedTokenBytes = 4 << 20
    /// Ids lie below this.
    public var idBound = 4 << 20
    /// Bytes of text in one call.
    public var textBytes = 64 << 20

    public init() {}
}
