// SPDX-License-Identifier: Apache-2.0

/// How large a tokenizer may be before it is refused. Who takes files from strangers sets tighter ones:
///
///     var limits = TokenizerLimits()
///     limits.fileBytes = 32 << 20
///     limits.tokens = 300_000
///     limits.merges = 500_000
///     limits.addedTokens = 2_000
///     limits.tokenBytes = 1 << 10
///     limits.unigramPieceBytes = 128
///     limits.addedTokenBytes = 1 << 16
///     limits.idBound = 300_000
///     limits.textBytes = 1 << 20
///     let tokenizer = try Tokenizer(folder: "models/smollm2-135m-instruct", limits: limits)
///     print(tokenizer.idBound <= limits.idBound)  // true
public struct TokenizerLimits: Sendable, Hashable {
    /// Bytes of the file.
    public var fileBytes = 256 << 20
    /// Tokens of the vocabulary.
    public var tokens = 2_000_000
    /// Merges of a BPE model.
    public var merges = 4_000_000
    /// Tokens beside the model's vocabulary.
    public var addedTokens = 100_000
    /// Bytes of one token.
    public var tokenBytes = 64 << 10
    /// Bytes of one piece of a Unigram model.
    public var unigramPieceBytes = 512
    /// Bytes of all added tokens together.
    public var addedTokenBytes = 4 << 20
    /// Ids lie below this.
    public var idBound = 4 << 20
    /// Bytes of text in one call.
    public var textBytes = 64 << 20

    /// Room for every tokenizer that is known to be in use.
    public init() {}
}
