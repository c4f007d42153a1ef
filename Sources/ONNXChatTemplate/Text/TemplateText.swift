// SPDX-License-Identifier: Apache-2.0

/// A string that knows, stretch by stretch, whether it comes from the template or from data.
///
/// Bytes are well-formed UTF-8. Lengths and positions that templates see count code points, as in Python.
struct TemplateText: Sendable {
    /// A stretch that ends at byte `end`.
    struct Span: Sendable {
        var end: Int
        var isTrusted: Bool
    }

    private(set) var bytes: [UInt8] = []
    private(set) var spans: [Span] = []
    /// Whether the text is what Python calls markup, as `safe` and `escape` make it: what is added to it is escaped.
    var isMarkup = false

    init() {}

    init(_ string: String, isTrusted: Bool) {
        bytes = Array(string.utf8)
        if !bytes.isEmpty { spans = [Span(end: bytes.count, isTrusted: isTrusted)] }
    }

    init(_ bytes: some Collection<UInt8>, isTrusted: Bool) {
        self.bytes = Array(bytes)
        if !bytes.isEmpty { spans = [Span(end: self.bytes.count, isTrusted: isTrusted)] }
    }

    var isEmpty: Bool { bytes.isEmpty }

    /// The same text as markup.
    var asMarkup: TemplateText {
        var copy = self
        copy.isMarkup = true
        return copy
    }

    var string: String { String(decoding: bytes, as: UTF8.self) }

    var isASCII: Bool { !bytes.contains { $0 >= 0x80 } }

    /// How many code points there are.
    var count: Int { bytes.count { $0 & 0xC0 != 0x80 } }

    mutating func append(_ other: TemplateText) {
        let base = bytes.count
        bytes.append(contentsOf: other.bytes)
        for span in other.spans { appendSpan(end: base + span.end, span.isTrusted) }
    }

    mutating func append(_ part: some Collection<UInt8>, isTrusted: Bool) {
        guard !part.isEmpty else { return }
        bytes.append(contentsOf: part)
        appendSpan(end: bytes.count, isTrusted)
    }

    mutating func append(_ scalar: Unicode.Scalar, isTrusted: Bool) {
        append(Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter), isTrusted: isTrusted)
    }

    private mutating func appendSpan(end: Int, _ isTrusted: Bool) {
        if let last = spans.last, last.isTrusted == isTrusted {
            spans[spans.count - 1].end = end
        } else {
            spans.append(Span(end: end, isTrusted: isTrusted))
        }
    }

    /// The part between two byte positions that begin characters.
    func part(_ range: Range<Int>) -> TemplateText {
        var result = TemplateText()
        guard !range.isEmpty else { return result }
        result.bytes = Array(bytes[range])
        for span in spans {
            if span.end <= range.lowerBound { continue }
            result.appendSpan(end: min(span.end, range.upperBound) - range.lowerBound, span.isTrusted)
            if span.end >= range.upperBound { break }
        }
        return result
    }

    /// The same text with each byte of ASCII changed to another.
    func changingASCII(_ change: (UInt8) -> UInt8) -> TemplateText {
        var result = self
        for index in result.bytes.indices { result.bytes[index] = change(result.bytes[index]) }
        return result
    }

    /// The byte positions at which code points begin, and the end.
    func starts() -> [Int] {
        var result: [Int] = []
        result.reserveCapacity(bytes.count + 1)
        for index in bytes.indices where bytes[index] & 0xC0 != 0x80 { result.append(index) }
        result.append(bytes.count)
        return result
    }

    /// Each code point with its provenance.
    func forEachScalar(_ body: (Unicode.Scalar, Bool) -> Void) {
        var span = 0
        var position = 0
        for scalar in string.unicodeScalars {
            while span < spans.count, spans[span].end <= position { span += 1 }
            body(scalar, span < spans.count ? spans[span].isTrusted : false)
            position += UTF8.width(scalar)
        }
    }

    /// The code points as texts of their own.
    func characters() -> [TemplateText] {
        let starts = starts()
        return (0..<starts.count - 1).map { part(starts[$0]..<starts[$0 + 1]) }
    }

    /// The first occurrence of `needle` at or after a byte position.
    func find(_ needle: [UInt8], from start: Int = 0) -> Int? {
        guard start >= 0, needle.count <= bytes.count else { return nil }
        guard let first = needle.first else { return start <= bytes.count ? start : nil }
        var position = start
        let last = bytes.count - needle.count
        return bytes.withUnsafeBufferPointer { hay in
            needle.withUnsafeBufferPointer { needle in
                while position <= last {
                    if hay[position] == first {
                        var offset = 1
                        while offset < needle.count, hay[position + offset] == needle[offset] { offset += 1 }
                        if offset == needle.count { return position }
                    }
                    position += 1
                }
                return nil
            }
        }
    }

    /// The last occurrence of a needle that is not empty.
    func findLast(_ needle: some Collection<UInt8>) -> Int? {
        guard !needle.isEmpty, needle.count <= bytes.count else { return nil }
        return (0...bytes.count - needle.count).last { bytes[$0...].starts(with: needle) }
    }
}
