// SPDX-License-Identifier: Apache-2.0

/// How a `tokenizer.model` changes a text: its character map, its spaces, and the mark that stands for them.
struct SentencePieceNormalization: Sendable {
    let map: PrecompiledMap?
    /// Whether a run of spaces becomes one, and spaces at the ends go.
    let collapsesSpaces: Bool
    /// Whether a mark goes in front of a text that is not empty.
    let prefixes: Bool

    func apply(to source: NormalizedText) -> NormalizedText {
        var text = map.map { $0.applyLongest(to: source) } ?? source
        if collapsesSpaces { text = text.collapsingSpaces() }
        guard !text.isEmpty else { return text }
        var result = NormalizedText(like: text)
        if prefixes { result.append(SpaceMark.bytes, isTrusted: text.isTrusted(0..<1)) }
        var done = 0
        for index in text.bytes.indices where text.bytes[index] == 0x20 {
            result.append(text, done..<index)
            result.append(SpaceMark.bytes, isTrusted: text.isTrusted(index..<index + 1))
            done = index + 1
        }
        result.append(text, done..<text.bytes.count)
        return collapsesSpaces ? result.droppingMarksAtEnd() : result
    }
}

extension NormalizedText {
    fileprivate func droppingMarksAtEnd() -> NormalizedText {
        var end = bytes.count
        while end >= 3, bytes[end - 3..<end].elementsEqual(SpaceMark.bytes) { end -= 3 }
        var text = NormalizedText(like: self)
        text.append(self, 0..<end)
        return text
    }
}

extension PrecompiledMap {
    /// Maps a text as SentencePiece itself does: the longest known beginning at each place, else the character as it is.
    func applyLongest(to text: NormalizedText) -> NormalizedText {
        var result = NormalizedText(like: text)
        text.bytes.withUnsafeBufferPointer { buffer in
            var start = 0
            while start < buffer.count {
                let rest = UnsafeBufferPointer(rebasing: buffer[start...])
                if let found = find(rest, longest: true) {
                    result.append(found.text, isTrusted: text.isTrusted(start..<start + found.length))
                    start += found.length
                } else {
                    let next = start + CharacterCluster.length(buffer, start)
                    result.append(text, start..<next)
                    start = next
                }
            }
        }
        return result
    }
}
