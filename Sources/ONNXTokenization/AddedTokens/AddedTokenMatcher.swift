// SPDX-License-Identifier: Apache-2.0

/// Finds added tokens in a text: leftmost first, longest among those that begin at one place. Linear in the text.
struct AddedTokenMatcher: Sendable {
    /// Which of the tokens a text may become.
    enum Admission {
        /// All of them.
        case all
        /// All but the special ones. A special token's text is passed over whole, as the reference does.
        case notSpecial
        /// Control tokens only where each of their bytes is trusted; the others everywhere.
        case trusted(UnsafePointer<Bool>)
    }

    private typealias Found = (start: Int, length: Int, pattern: Int32)

    private let controls: BackwardMatcher
    private let others: BackwardMatcher
    private let controlTokens: [AddedToken]
    private let otherTokens: [AddedToken]

    /// - Parameter tokens: with how each is spelled, which is not empty. Of equal spellings the last one counts.
    init(_ tokens: [(token: AddedToken, pattern: [UInt8])] = []) {
        var last: [[UInt8]: Int] = [:]
        for (index, entry) in tokens.enumerated() where !entry.pattern.isEmpty { last[entry.pattern] = index }
        let kept = tokens.indices.filter { last[tokens[$0].pattern] == $0 }.map { tokens[$0] }
        let controlEntries = kept.filter(\.token.isControl)
        let otherEntries = kept.filter { !$0.token.isControl }
        controls = BackwardMatcher(controlEntries.map(\.pattern))
        others = BackwardMatcher(otherEntries.map(\.pattern))
        controlTokens = controlEntries.map(\.token)
        otherTokens = otherEntries.map(\.token)
    }

    var isEmpty: Bool { controls.isEmpty && others.isEmpty }

    /// Cuts a piece of text at the tokens in it.
    func cut(
        base: UnsafePointer<UInt8>, piece: TextPiece, admission: Admission, into result: inout [TextPiece]
    ) {
        var controlsFound: [Found] = []
        var othersFound: [Found] = []
        if !controls.isEmpty {
            for range in Self.ranges(piece, admission) { controls.append(base, range, to: &controlsFound) }
        }
        if !others.isEmpty { others.append(base, piece.start..<piece.end, to: &othersFound) }
        var cutter = Cutter(text: CharacterCursor(base: base, end: piece.end), piece: piece)
        while let (found, isControl) = Self.first(&controlsFound, &othersFound, from: cutter.cursor) {
            let token = isControl ? controlTokens[Int(found.pattern)] : otherTokens[Int(found.pattern)]
            cutter.cursor = found.start + found.length
            if case .notSpecial = admission, token.isSpecial { continue }
            cutter.take(token, found.start..<cutter.cursor, into: &result)
        }
        cutter.appendText(upTo: piece.end, into: &result)
    }

    /// Where control tokens may stand, the last range first.
    private static func ranges(_ piece: TextPiece, _ admission: Admission) -> [Range<Int>] {
        guard case .trusted(let trust) = admission else { return [piece.start..<piece.end] }
        var ranges: [Range<Int>] = []
        var end = piece.end
        while end > piece.start {
            var start = end
            while start > piece.start, trust[start - 1] { start -= 1 }
            if start < end { ranges.append(start..<end) }
            end = start - 1
        }
        return ranges
    }

    /// Takes the first match that begins at `cursor` or later, the longer one of two that begin together.
    private static func first(
        _ controls: inout [Found], _ others: inout [Found], from cursor: Int
    ) -> (found: Found, isControl: Bool)? {
        while let last = controls.last, last.start < cursor { controls.removeLast() }
        while let last = others.last, last.start < cursor { others.removeLast() }
        guard let control = controls.last else { return others.last.map { ($0, false) } }
        guard let other = others.last else { return (control, true) }
        if control.start != other.start {
            return control.start < other.start ? (control, true) : (other, false)
        }
        return control.length > other.length ? (control, true) : (other, false)
    }
}

extension AddedTokenMatcher {
    /// Cuts tokens out of a piece of text, from the left.
    private struct Cutter {
        let text: CharacterCursor
        let piece: TextPiece
        var cursor: Int
        private var done: Int
        /// The end of the white space that a token took along last.
        private var spaceEnd = 0

        init(text: CharacterCursor, piece: TextPiece) {
            self.text = text
            self.piece = piece
            cursor = piece.start
            done = piece.start
        }

        mutating func take(_ token: AddedToken, _ range: Range<Int>, into result: inout [TextPiece]) {
            var start = range.lowerBound
            var end = range.upperBound
            if token.isSingleWord, touchesWord(start, end) { return }
            if token.stripsLeft { start = max(startOfSpace(before: start), done) }
            if token.stripsRight {
                if end > spaceEnd { spaceEnd = text.endOfRun(end, in: .strippable) }
                end = max(end, spaceEnd)
            }
            appendText(upTo: start, into: &result)
            result.append(TextPiece(start: start, end: end, id: Int32(token.id)))
            done = end
        }

        func appendText(upTo end: Int, into result: inout [TextPiece]) {
            guard end > done else { return }
            result.append(
                TextPiece(start: done, end: end, isAtOrigin: piece.isAtOrigin && done == piece.start))
        }

        private func touchesWord(_ start: Int, _ end: Int) -> Bool {
            if start > piece.start {
                let before = text.startOfCharacter(endingAt: start)
                if text.character(before).kind.contains(.word) { return true }
            }
            return end < piece.end && text.character(end).kind.contains(.word)
        }

        private func startOfSpace(before start: Int) -> Int {
            var cursor = start
            while cursor > done {
                let before = text.startOfCharacter(endingAt: cursor)
                guard text.character(before).kind.contains(.strippable) else { break }
                cursor = before
            }
            return cursor
        }
    }
}
