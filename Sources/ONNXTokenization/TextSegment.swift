// SPDX-License-Identifier: Apache-2.0

/// A part of a prompt with where it comes from.
public struct TextSegment: Sendable, Hashable {
    public var text: String

    /// Whether special tokens written in the text are meant: true for a template's own words, false for anything
    /// that a user, a document or a tool wrote.
    public var isTrusted: Bool

    public init(_ text: String, isTrusted: Bool) {
        self.text = text
        self.isTrusted = isTrusted
    }
}
