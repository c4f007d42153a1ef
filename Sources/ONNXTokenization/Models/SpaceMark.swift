// SPDX-License-Identifier: Apache-2.0

/// The character U+2581 that stands for a space in SentencePiece's vocabularies.
enum SpaceMark {
    static let bytes: [UInt8] = [0xE2, 0x96, 0x81]

    /// The end of the word at `start`: the next place behind it where a mark follows another character.
    @inline(__always)
    static func nextWord(in text: UnsafeBufferPointer<UInt8>, after start: Int) -> Int {
        var cursor = start
        while stands(in: text, at: cursor) { cursor += 3 }
        while cursor < text.count, !stands(in: text, at: cursor) { cursor += 1 }
        return cursor
    }

    @inline(__always)
    private static func stands(in text: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        place + 2 < text.count && text[place] == 0xE2 && text[place + 1] == 0x96 && text[place + 2] == 0x81
    }

    /// Whether a merge joins a mark to another character before it.
    static func isCrossed(left: some BidirectionalCollection<UInt8>, right: some Collection<UInt8>) -> Bool {
        right.starts(with: bytes) && !left.suffix(3).elementsEqual(bytes)
    }
}
