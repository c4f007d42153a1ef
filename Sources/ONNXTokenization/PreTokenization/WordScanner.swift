// SPDX-License-Identifier: Apache-2.0

/// Finds the matches of a ``WordPattern``, one after the other, in linear time.
struct WordScanner {
    let pattern: WordPattern
    let text: CharacterCursor
    private let end: Int
    private let base: UnsafePointer<UInt8>

    init(_ pattern: WordPattern, base: UnsafePointer<UInt8>, end: Int) {
        self.pattern = pattern
        self.base = base
        self.end = end
        text = CharacterCursor(base: base, end: end)
    }

    /// The end of the match that begins at `start`, which is below the end and begins a character.
    func matchEnd(_ start: Int) -> Int {
        let (kind, length) = text.character(start)
        if base[start] == 0x27, pattern.contractions != .anyCaseAfterWords, pattern.contractions != .none {
            let found = contractionEnd(start)
            if found > start { return found }
        }
        switch pattern.words {
        case .spaced:
            if let found = spacedMatch(start, kind) { return found }
            return spaceEnd(start)
        case .prefixed:
            if let found = prefixedWord(start, kind, length, letters: .letter) { return found }
        case .prefixedWithMarks:
            if let found = prefixedWord(start, kind, length, letters: [.letter, .mark]) { return found }
        case .cased:
            if let found = casedMatch(start, kind, length) { return found }
        }
        if kind.contains(.number) { return digitsEnd(start + length) }
        if let found = punctuationEnd(start, kind) { return found }
        return spaceEnd(start)
    }

    private func spacedMatch(_ start: Int, _ kind: CharacterClass) -> Int? {
        var cursor = start
        var first = kind
        if base[start] == 0x20 {
            guard start + 1 < end else { return nil }
            cursor = start + 1
            first = text.character(cursor).kind
        }
        if !first.isDisjoint(with: .letter) { return text.endOfRun(cursor, in: .letter) }
        if first.contains(.number) { return text.endOfRun(cursor, in: .number) }
        if first.contains(.space) { return nil }
        return text.endOfRun(cursor, outside: [.space, .letter, .number])
    }

    private func prefixedWord(
        _ start: Int, _ kind: CharacterClass, _ length: Int, letters: CharacterClass
    ) -> Int? {
        if !kind.isDisjoint(with: letters) { return text.endOfRun(start + length, in: letters) }
        guard mayPrefix(start, kind), start + length < end else { return nil }
        let (next, nextLength) = text.character(start + length)
        guard !next.isDisjoint(with: letters) else { return nil }
        return text.endOfRun(start + length + nextLength, in: letters)
    }

    private func mayPrefix(_ start: Int, _ kind: CharacterClass) -> Bool {
        kind.isDisjoint(with: [.letter, .number]) && base[start] != 0x0D && base[start] != 0x0A
    }

    private func digitsEnd(_ afterFirst: Int) -> Int {
        if pattern.digitLimit == 0 { return text.endOfRun(afterFirst, in: .number) }
        var cursor = afterFirst
        var count = 1
        while count < pattern.digitLimit, cursor < end {
            let (kind, length) = text.character(cursor)
            guard kind.contains(.number) else { break }
            cursor += length
            count += 1
        }
        return cursor
    }

    private func punctuationEnd(_ start: Int, _ kind: CharacterClass) -> Int? {
        let others: CharacterClass =
            pattern.words == .prefixedWithMarks
            ? [.space, .letter, .mark, .number] : [.space, .letter, .number]
        var cursor = start
        if base[start] == 0x20 {
            guard start + 1 < end, text.character(start + 1).kind.isDisjoint(with: others) else { return nil }
            cursor = start + 1
        } else if !kind.isDisjoint(with: others) {
            return nil
        }
        cursor = text.endOfRun(cursor, outside: others)
        if pattern.punctuationTakesNewlines {
            while cursor < end {
                let byte = base[cursor]
                guard byte == 0x0D || byte == 0x0A || byte == 0x2F && pattern.punctuationTakesSlashes else {
                    break
                }
                cursor += 1
            }
        }
        return cursor
    }

    private func spaceEnd(_ start: Int) -> Int {
        var cursor = start
        var last = start
        var afterNewline = 0
        while cursor < end {
            let (kind, length) = text.character(cursor)
            guard kind.contains(.space) else { break }
            last = cursor
            cursor += length
            if base[last] == 0x0D || base[last] == 0x0A { afterNewline = cursor }
        }
        // No alternative matches a character of no class; it stands alone, as text between two matches would.
        guard cursor > start else { return start + text.character(start).length }
        if pattern.spaces == .newlinesInside, cursor == end { return end }
        if pattern.spaces != .plain, afterNewline > 0 { return afterNewline }
        return cursor == end || last == start ? cursor : last
    }
}
