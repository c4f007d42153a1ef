// SPDX-License-Identifier: Apache-2.0

/// One step from tokens to text.
enum DecoderStep: Sendable, Hashable {
    /// Reads each token in the byte-level alphabet and joins the bytes.
    case byteLevel
    case replace([UInt8], with: [UInt8])
    case replaceMatches(SplitExpression, with: [UInt8])
    /// Joins runs of `<0xHH>` tokens into characters.
    case byteFallback
    /// Joins everything into one.
    case fuse
    /// Removes up to so many of a character from the ends of each token.
    case strip([UInt8], start: Int, stop: Int)
    /// Replaces the metaspace by a space, or by nothing at the very beginning.
    case metaspace([UInt8], dropsFirst: Bool)
    /// Takes the prefix off pieces inside of words and puts a space before the others, and, where asked to, takes
    /// spaces before punctuation and English endings out.
    case wordPiece([UInt8], cleansUp: Bool)
    /// Puts a space for the mark that ends a word, or nothing at the very end.
    case endOfWord([UInt8])
    /// Drops repeated tokens and the padding between them, and puts a space for the mark between words.
    case connectionist(padding: [UInt8], delimiter: [UInt8], cleansUp: Bool)
    /// A space between tokens: what happens where a tokenizer has no decoder.
    case spaced
}
