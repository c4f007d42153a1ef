// SPDX-License-Identifier: Apache-2.0

/// Finds stop strings in text that arrives in pieces, and holds back what may be the beginning of one.
package struct StopMatcher {
    private let stops: [[UInt8]]
    private var held: [UInt8] = []

    /// Whether a stop string has been found; nothing more comes out then.
    package private(set) var isStopped = false

    package init(_ stops: [String]) { self.stops = stops.map { Array($0.utf8) } }

    /// Takes a piece of text and gives what can be shown.
    package mutating func append(_ piece: String) -> String {
        guard !isStopped else { return "" }
        guard !stops.isEmpty else { return piece }
        held += Array(piece.utf8)
        if let start = firstStop() {
            isStopped = true
            held.removeSubrange(start...)
            return flush()
        }
        let safe = held.count - longestBeginning()
        let shown = characterBoundary(atMost: safe)
        let text = String(decoding: held[..<shown], as: UTF8.self)
        held.removeSubrange(..<shown)
        return text
    }

    /// What is still held back, at the end of the text.
    package mutating func flush() -> String {
        let text = String(decoding: held, as: UTF8.self)
        held = []
        return text
    }

    private func firstStop() -> Int? {
        for start in held.indices {
            for stop in stops where held.count - start >= stop.count {
                if held[start..<start + stop.count].elementsEqual(stop) { return start }
            }
        }
        return nil
    }

    /// The length of the longest end of the text that begins a stop string.
    private func longestBeginning() -> Int {
        var longest = 0
        for stop in stops {
            for length in stride(from: min(stop.count - 1, held.count), to: longest, by: -1)
            where held.suffix(length).elementsEqual(stop.prefix(length)) {
                longest = length
                break
            }
        }
        return longest
    }

    /// The largest offset up to `offset` that splits no UTF-8 character.
    private func characterBoundary(atMost offset: Int) -> Int {
        var offset = offset
        while offset > 0, offset < held.count, held[offset] & 0xC0 == 0x80 { offset -= 1 }
        return offset
    }
}
