// SPDX-License-Identifier: Apache-2.0

/// What a `Split` looks for.
enum SplitMatcher: Sendable {
    /// A pattern that covers every text.
    case words(WordPattern)
    /// Exactly these bytes, never empty.
    case literal([UInt8])
    /// Up to so many digits (`\p{N}`) at once.
    case digits(limit: Int)
    /// One digit in the sense of the `Digits` pre-tokenizer.
    case digit
    /// A white space character.
    case space
    /// A punctuation character.
    case punctuation
    /// A run of word characters, or one of neither these nor white space.
    case wordsAndMarks
    case expression(SplitExpression)

    /// What a search keeps from one piece to the next.
    struct Scratch {
        var stretches: [SplitBehavior.Stretch] = []
        var matcher: ExpressionMatcher?
    }

    /// The stretches of a piece, in order and without gaps.
    func findStretches(base: UnsafePointer<UInt8>, piece: TextPiece, _ scratch: inout Scratch) {
        var result = scratch.stretches
        scratch.stretches = []
        result.removeAll(keepingCapacity: true)
        var between = piece.start
        var cursor = piece.start
        func found(_ start: Int, _ end: Int) {
            if start > between { result.append(.init(start: between, end: start, isMatch: false)) }
            result.append(.init(start: start, end: end, isMatch: true))
            between = end
        }
        switch self {
        case .words(let pattern):
            let scanner = WordScanner(pattern, base: base, end: piece.end)
            while cursor < piece.end {
                let end = scanner.matchEnd(cursor)
                found(cursor, end)
                cursor = end
            }
        case .literal(let needle):
            while cursor + needle.count <= piece.end {
                if needle.indices.allSatisfy({ base[cursor + $0] == needle[$0] }) {
                    found(cursor, cursor + needle.count)
                    cursor += needle.count
                } else {
                    cursor += 1
                }
            }
        case .digits(let limit):
            let text = CharacterCursor(base: base, end: piece.end)
            while cursor < piece.end {
                let start = cursor
                var count = 0
                while cursor < piece.end, limit == 0 || count < limit {
                    let (kind, length) = text.character(cursor)
                    guard kind.contains(.number) else { break }
                    cursor += length
                    count += 1
                }
                if count > 0 { found(start, cursor) } else { cursor += text.character(cursor).length }
            }
        case .expression(let expression):
            var matcher = scratch.matcher.take() ?? ExpressionMatcher(expression, base: base)
            matcher.search(base + piece.start, count: piece.end - piece.start) { range in
                found(piece.start + range.lowerBound, piece.start + range.upperBound)
            }
            scratch.matcher = matcher
        case .wordsAndMarks:
            let text = CharacterCursor(base: base, end: piece.end)
            while cursor < piece.end {
                let start = cursor
                cursor = text.endOfRun(start, in: .word)
                if cursor == start { cursor = text.endOfRun(start, outside: [.word, .strippable]) }
                if cursor > start { found(start, cursor) } else { cursor += text.character(cursor).length }
            }
        case .punctuation:
            while cursor < piece.end {
                let (scalar, length) = CharacterCursor.decode(base + cursor)
                if CharacterTraits.of(scalar).contains(.dividing) { found(cursor, cursor + length) }
                cursor += length
            }
        case .space:
            let text = CharacterCursor(base: base, end: piece.end)
            while cursor < piece.end {
                let (kind, length) = text.character(cursor)
                if kind.contains(.strippable) { found(cursor, cursor + length) }
                cursor += length
            }
        case .digit:
            let text = CharacterCursor(base: base, end: piece.end)
            while cursor < piece.end {
                let (kind, length) = text.character(cursor)
                if kind.contains(.digit) { found(cursor, cursor + length) }
                cursor += length
            }
        }
        if between < piece.end { result.append(.init(start: between, end: piece.end, isMatch: false)) }
        scratch.stretches = result
    }
}
