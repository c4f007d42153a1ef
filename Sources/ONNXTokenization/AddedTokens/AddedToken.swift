// SPDX-License-Identifier: Apache-2.0

/// A token that stands outside the model's own vocabulary or is found before the model sees the text.
///
///     let tokenizer = try Tokenizer(folder: "models/smollm2-135m-instruct")
///     for token in tokenizer.addedTokens where token.isControl {
///         print(token.id, token.content, token.isSpecial ? "special" : "a marker")
///         if token.isSingleWord || token.isNormalized || token.stripsLeft || token.stripsRight {
///             print("found in its own way")
///         }
///     }
public struct AddedToken: Sendable, Hashable {
    /// Its number.
    public let id: Int
    /// Its spelling.
    public let content: String

    /// Found only where no word character touches it.
    public let isSingleWord: Bool

    /// Takes the white space before it along.
    public let stripsLeft: Bool
    /// Takes the white space after it along.
    public let stripsRight: Bool

    /// Looked for in the normalised text instead of the text as given.
    public let isNormalized: Bool

    /// Left out of decoded text on request.
    public let isSpecial: Bool

    /// Whether text from outside must not become this token: it is special, or it is spelled like a marker
    /// (`<…>` or `[…]` without white space).
    public var isControl: Bool { isSpecial || isMarker }

    private var isMarker: Bool {
        let bytes = content.utf8
        guard bytes.count >= 3, let first = bytes.first, let last = bytes.last else { return false }
        guard first == 0x3C && last == 0x3E || first == 0x5B && last == 0x5D else { return false }
        return !bytes.contains { $0 == 0x20 || $0 >= 0x09 && $0 <= 0x0D }
    }
}
