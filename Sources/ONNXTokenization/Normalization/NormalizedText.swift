// SPDX-License-Identifier: Apache-2.0

/// A stretch of text on its way through the normalizer, with whether each byte comes from trusted text.
struct NormalizedText {
    private(set) var bytes: [UInt8]
    /// As many as bytes; nil where trust does not matter.
    private(set) var trust: [Bool]?

    init(_ bytes: [UInt8], trust: [Bool]?) {
        self.bytes = bytes
        self.trust = trust
    }

    /// An empty text that tracks trust where `other` does.
    init(like other: NormalizedText) {
        bytes = []
        trust = other.trust == nil ? nil : []
        bytes.reserveCapacity(other.bytes.count + 16)
        trust?.reserveCapacity(other.bytes.count + 16)
    }

    var isEmpty: Bool { bytes.isEmpty }

    /// Whether every byte of the range is trusted; true where trust does not matter.
    func isTrusted(_ range: Range<Int>) -> Bool { trust?[range].allSatisfy { $0 } ?? true }

    mutating func append(_ text: some Collection<UInt8>, isTrusted: Bool) {
        bytes.append(contentsOf: text)
        trust?.append(contentsOf: repeatElement(isTrusted, count: text.count))
    }

    mutating func append(_ scalar: UInt32, isTrusted: Bool) {
        guard let scalar = Unicode.Scalar(scalar), let units = UTF8.encode(scalar) else { return }
        append(units, isTrusted: isTrusted)
    }

    /// Appends a part of another text as it is.
    mutating func append(_ other: NormalizedText, _ range: Range<Int>) {
        bytes.append(contentsOf: other.bytes[range])
        if let flags = other.trust { trust?.append(contentsOf: flags[range]) }
    }

    /// The text with each character changed by `change`, which appends to the new text.
    func mapping(_ change: (_ scalar: UInt32, _ isTrusted: Bool, _ text: inout NormalizedText) -> Void)
        -> NormalizedText
    {
        var text = NormalizedText(like: self)
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            var cursor = 0
            while cursor < buffer.count {
                let (scalar, length) = CharacterCursor.decode(base + cursor)
                change(scalar, trust?[cursor] ?? true, &text)
                cursor += length
            }
        }
        return text
    }

    /// The text with each of the ranges, which are in order and do not overlap, replaced by `content`.
    func replacing(_ ranges: [Range<Int>], with content: [UInt8]) -> NormalizedText {
        guard !ranges.isEmpty else { return self }
        var text = NormalizedText(like: self)
        var done = 0
        for range in ranges {
            text.append(self, done..<range.lowerBound)
            text.append(content, isTrusted: isTrusted(range))
            done = range.upperBound
        }
        text.append(self, done..<bytes.count)
        return text
    }

    /// The text in a normalisation form.
    func normalized(_ form: NormalizationForm) -> NormalizedText {
        bytes.withUnsafeBufferPointer { buffer in
            if form.keeps(buffer) { return self }
            var text: [UInt8] = []
            var textTrust: [Bool] = []
            text.reserveCapacity(buffer.count)
            if let trust {
                trust.withUnsafeBufferPointer {
                    form.normalize(buffer, trust: $0.baseAddress, into: &text, &textTrust)
                }
            } else {
                form.normalize(buffer, trust: nil, into: &text, &textTrust)
            }
            return NormalizedText(text, trust: trust == nil ? nil : textTrust)
        }
    }
}
