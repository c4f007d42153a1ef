// SPDX-License-Identifier: Apache-2.0

/// Finds added tokens in a text: leftmost first, longest among those that begin at one place.
struct AddedTokenMatcher: Sendable {
    private struct Entry {
        var token: AddedToken
        var isControl: Bool
    }

    private var entries: [Entry] = []
    private var firstNodes = [Int32](repeating: -1, count: 256)
    private var children: [UInt64: Int32] = [:]
    private var entryOfNode: [Int32] = []

    /// Which of the tokens a text may become.
    enum Admission {
        /// All of them.
        case all
        /// All but the special ones. A special token's text is passed over whole, as the reference does.
        case notSpecial
        /// Control tokens only where each of their bytes is trusted; the others everywhere.
        case trusted(UnsafePointer<Bool>)
    }

    var isEmpty: Bool { entries.isEmpty }

    /// Adds a token that is spelled `pattern`, which is not empty. Of equal patterns the last one counts.
    mutating func insert(_ token: AddedToken, pattern: [UInt8]) {
        guard let first = pattern.first else { return }
        entries.append(Entry(token: token, isControl: token.isControl))
        var node = firstNodes[Int(first)]
        if node < 0 {
            node = newNode()
            firstNodes[Int(first)] = node
        }
        for byte in pattern.dropFirst() {
            let edge = UInt64(node) << 8 | UInt64(byte)
            if let child = children[edge] {
                node = child
            } else {
                node = newNode()
                children[edge] = node
            }
        }
        entryOfNode[Int(node)] = Int32(entries.count - 1)
    }

    private mutating func newNode() -> Int32 {
        entryOfNode.append(-1)
        return Int32(entryOfNode.count - 1)
    }

    /// Cuts a piece of text at the tokens in it.
    func cut(
        base: UnsafePointer<UInt8>, piece: TextPiece, admission: Admission, into result: inout [TextPiece]
    ) {
        var done = piece.start
        var cursor = piece.start
        func appendText(upTo end: Int) {
            guard end > done else { return }
            result.append(
                TextPiece(start: done, end: end, isAtOrigin: piece.isAtOrigin && done == piece.start))
        }
        while cursor < piece.end {
            guard let (entry, matchEnd) = longest(base, cursor, piece.end, admission) else {
                cursor += 1
                continue
            }
            let token = entries[entry].token
            var start = cursor
            var end = matchEnd
            cursor = matchEnd
            if case .notSpecial = admission, token.isSpecial { continue }
            let text = CharacterCursor(base: base, end: piece.end)
            if token.isSingleWord, touchesWord(text, piece, start, end) { continue }
            if token.stripsLeft { start = max(startOfSpace(text, piece, start), done) }
            if token.stripsRight { end = text.endOfRun(end, in: .strippable) }
            appendText(upTo: start)
            result.append(TextPiece(start: start, end: end, id: Int32(token.id)))
            done = end
        }
        appendText(upTo: piece.end)
    }

    private func longest(
        _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ admission: Admission
    ) -> (entry: Int, end: Int)? {
        var node = firstNodes[Int(base[start])]
        guard node >= 0 else { return nil }
        var best: (entry: Int, end: Int)?
        var cursor = start + 1
        var isTrusted = true
        if case .trusted(let trust) = admission { isTrusted = trust[start] }
        while true {
            let entry = Int(entryOfNode[Int(node)])
            if entry >= 0, isTrusted || !entries[entry].isControl { best = (entry, cursor) }
            guard cursor < end, let child = children[UInt64(node) << 8 | UInt64(base[cursor])] else {
                return best
            }
            if case .trusted(let trust) = admission, !trust[cursor] { isTrusted = false }
            node = child
            cursor += 1
        }
    }

    private func touchesWord(_ text: CharacterCursor, _ piece: TextPiece, _ start: Int, _ end: Int) -> Bool {
        if start > piece.start {
            let before = text.startOfCharacter(endingAt: start)
            if text.character(before).kind.contains(.word) { return true }
        }
        return end < piece.end && text.character(end).kind.contains(.word)
    }

    private func startOfSpace(_ text: CharacterCursor, _ piece: TextPiece, _ start: Int) -> Int {
        var cursor = start
        while cursor > piece.start {
            let before = text.startOfCharacter(endingAt: cursor)
            guard text.character(before).kind.contains(.strippable) else { break }
            cursor = before
        }
        return cursor
    }
}
