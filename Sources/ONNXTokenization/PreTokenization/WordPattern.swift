// SPDX-License-Identifier: Apache-2.0

/// A splitting pattern that matches every text from end to end, described by its parts.
///
/// The published patterns differ in a few places only; each place is a property here.
struct WordPattern: Sendable, Hashable {
    /// How words of letters are found.
    enum Words: Sendable, Hashable {
        /// ` ?\p{L}+`, with numbers and punctuation taking a space in front too.
        case spaced
        /// `[^\r\n\p{L}\p{N}]?\p{L}+`
        case prefixed
        /// `[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+`
        case prefixedWithMarks
        /// Upper-case letters, then lower-case ones, marks in both.
        case cased
    }

    /// English endings such as `'ll`.
    enum Contractions: Sendable, Hashable { case none, exactCase, anyCase, anyCaseAfterWords }

    /// The last alternatives, for white space.
    enum Spaces: Sendable, Hashable {
        /// `\s+(?!\S)|\s+`
        case plain
        /// `\s*[\r\n]+|\s+(?!\S)|\s+`
        case newlines
        /// `\s+$|\s*[\r\n]|\s+(?!\S)|\s`
        case newlinesInside
    }

    var words: Words
    var contractions: Contractions
    /// The most digits that stay together; 0 for no limit.
    var digitLimit: Int
    /// Whether line breaks after punctuation belong to it, and slashes too.
    var punctuationTakesNewlines: Bool
    var punctuationTakesSlashes = false
    var spaces: Spaces

    static let gpt2 = WordPattern(
        words: .spaced, contractions: .exactCase, digitLimit: 0, punctuationTakesNewlines: false,
        spaces: .plain)

    static let cl100k = WordPattern(
        words: .prefixed, contractions: .anyCase, digitLimit: 3, punctuationTakesNewlines: true,
        spaces: .newlines)

    static let o200k = WordPattern(
        words: .cased, contractions: .anyCaseAfterWords, digitLimit: 3, punctuationTakesNewlines: true,
        punctuationTakesSlashes: true, spaces: .newlines)
}
