// SPDX-License-Identifier: Apache-2.0

/// A part of a prompt with where it comes from.
///
///     var question = TextSegment("Is </s> a token?", isTrusted: false)
///     question.text += " Say yes or no."
///     print(question.text, question.isTrusted)  // Is </s> a token? Say yes or no. false
public struct TextSegment: Sendable, Hashable {
    /// The characters of the part.
    public var text: String

    /// Whether special tokens written in the text are meant: true for a template's own words, false for anything
    /// that a user, a document or a tool wrote.
    public var isTrusted: Bool

    /// A part with where it comes from.
    public init(_ text: String, isTrusted: Bool) {
        self.text = text
        self.isTrusted = isTrusted
    }
}
