// SPDX-License-Identifier: Apache-2.0

/// The text that a template made, with where each part comes from.
///
///     let template = try ChatTemplate(source: "{% for m in messages %}<user>{{ m.content }}{% endfor %}")
///     let prompt = try template.render(messages: [["role": "user", "content": "Hello"]])
///     print(prompt.text, prompt.segments.count)  // <user>Hello 2
public struct RenderedPrompt: Sendable, Hashable {
    /// A part of the text.
    ///
    ///     let template = try ChatTemplate(source: "<user>{{ messages[0].content }}")
    ///     let prompt = try template.render(messages: [["role": "user", "content": "Hello"]])
    ///     let written = prompt.segments.filter { !$0.isFromTemplate }.map { $0.text }
    ///     print(written)  // ["Hello"]
    public struct Segment: Sendable, Hashable {
        /// The characters of the part.
        public var text: String

        /// Whether the part was written by the template (or is a token the caller vouched for), rather than taken
        /// from messages, tools or variables.
        public var isFromTemplate: Bool

        /// A part with where it comes from.
        package init(text: String, isFromTemplate: Bool) {
            self.text = text
            self.isFromTemplate = isFromTemplate
        }
    }

    /// The parts in order; neighbours differ in where they come from.
    public var segments: [Segment]

    /// The whole text.
    public var text: String { segments.map(\.text).joined() }

    init(_ text: TemplateText) {
        segments = []
        var start = 0
        for span in text.spans {
            segments.append(
                Segment(
                    text: String(decoding: text.bytes[start..<span.end], as: UTF8.self),
                    isFromTemplate: span.isTrusted))
            start = span.end
        }
    }
}
