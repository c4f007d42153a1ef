// SPDX-License-Identifier: Apache-2.0

extension WordScanner {
    private static let uppers: CharacterClass = [.upper, .otherLetter, .mark]
    private static let lowers: CharacterClass = [.lower, .otherLetter, .mark]

    /// The first two alternatives of the cased patterns: an optional character in front, upper-case letters,
    /// lower-case letters, an optional contraction.
    ///
    /// The two letter classes share what has no case, so the order in which a backtracking engine would try
    /// counts: first alternative with and without the character in front, then the second.
    func casedMatch(_ start: Int, _ kind: CharacterClass, _ length: Int) -> Int? {
        let isLetterOrMark = !kind.isDisjoint(with: [.letter, .mark])
        let byte = text.base[start]
        let mayPrefix = kind.isDisjoint(with: [.letter, .number]) && byte != 0x0D && byte != 0x0A
        guard isLetterOrMark || mayPrefix else { return nil }
        if mayPrefix, let found = endingInLower(start + length) { return withContraction(found) }
        if isLetterOrMark, let found = endingInLower(start) { return withContraction(found) }
        if mayPrefix, let found = beginningInUpper(start + length) { return withContraction(found) }
        if isLetterOrMark, let found = beginningInUpper(start) { return withContraction(found) }
        return nil
    }

    /// `[upper]*[lower]+` at `start`.
    private func endingInLower(_ start: Int) -> Int? {
        var cursor = start
        var afterLastShared = 0
        while cursor < text.end {
            let (kind, length) = text.character(cursor)
            guard !kind.isDisjoint(with: Self.uppers) else { break }
            cursor += length
            if !kind.isDisjoint(with: Self.lowers) { afterLastShared = cursor }
        }
        if cursor < text.end, text.character(cursor).kind.contains(.lower) {
            return text.endOfRun(cursor, in: Self.lowers)
        }
        return afterLastShared > 0 ? afterLastShared : nil
    }

    /// `[upper]+[lower]*` at `start`.
    private func beginningInUpper(_ start: Int) -> Int? {
        let cursor = text.endOfRun(start, in: Self.uppers)
        guard cursor > start else { return nil }
        return text.endOfRun(cursor, in: Self.lowers)
    }

    private func withContraction(_ position: Int) -> Int {
        guard pattern.contractions == .anyCaseAfterWords, position < text.end, text.base[position] == 0x27
        else {
            return position
        }
        return contractionEnd(position)
    }

    /// The end of the contraction whose apostrophe stands at `start`, or `start` where there is none.
    func contractionEnd(_ start: Int) -> Int {
        guard start + 1 < text.end else { return start }
        let folds = pattern.contractions != .exactCase
        let first = letter(start + 1, folds: folds)
        switch first.letter {
        case 0x73, 0x74, 0x6D, 0x64: return start + 1 + first.length
        case 0x72, 0x76: return next(start, first.length, is: 0x65, folds: folds)
        case 0x6C: return next(start, first.length, is: 0x6C, folds: folds)
        default: return start
        }
    }

    private func next(_ start: Int, _ length: Int, is wanted: UInt8, folds: Bool) -> Int {
        let position = start + 1 + length
        guard position < text.end else { return start }
        let second = letter(position, folds: folds)
        return second.letter == wanted ? position + second.length : start
    }

    /// The letter at `position`, folded to lower case; the long s (U+017F) folds to s.
    private func letter(_ position: Int, folds: Bool) -> (letter: UInt8, length: Int) {
        let byte = text.base[position]
        guard folds else { return (byte, 1) }
        if byte == 0xC5, position + 1 < text.end, text.base[position + 1] == 0xBF { return (0x73, 2) }
        return (byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte, 1)
    }
}
