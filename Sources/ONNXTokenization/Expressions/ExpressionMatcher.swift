// SPDX-License-Identifier: Apache-2.0

/// Runs a program over a text: leftmost match first, alternatives in their order, as a backtracking engine would.
///
/// A place of the program that failed at a place of the text fails again whatever came before, so each pair is tried
/// once in a text, over all matches: time and memory are O(text × program). A pair on the way of a match cannot be met
/// again, because the next match begins where this one ended and no match is empty.
struct ExpressionMatcher {
    private let program: ExpressionProgram
    private var base: UnsafePointer<UInt8>
    private var end = 0
    private var tried: [UInt64] = []
    private var stack: [(place: Int, position: Int)] = []
    /// For each run step the last run that it went through.
    private var runs: [(start: Int, end: Int)]

    init(_ expression: SplitExpression, base: UnsafePointer<UInt8>) {
        program = expression.program
        self.base = base
        runs = [(start: Int, end: Int)](repeating: (start: 0, end: 0), count: program.runCount)
    }

    /// Gives the matches in a text in order, none empty. One matcher may go through many texts.
    mutating func search(_ text: UnsafePointer<UInt8>, count: Int, _ found: (Range<Int>) -> Void) {
        base = text
        end = count
        tried.removeAll(keepingCapacity: true)
        tried.append(contentsOf: repeatElement(0, count: ((count + 1) * program.splitCount + 63) / 64))
        for index in runs.indices { runs[index] = (0, 0) }
        var cursor = 0
        while cursor < end {
            if program.mayBegin[Int(base[cursor])], let matchEnd = match(at: cursor) {
                found(cursor..<matchEnd)
                cursor = matchEnd
            } else {
                cursor += CharacterCursor.decode(base + cursor).length
            }
        }
    }

    private mutating func match(at start: Int) -> Int? {
        stack.removeAll(keepingCapacity: true)
        stack.append((0, start))
        while let (place, position) = stack.popLast() {
            if let found = follow(place, position) { return found }
        }
        return nil
    }

    /// Goes on until the way fails or the match is complete, and notes the other ways.
    private mutating func follow(_ start: Int, _ startPosition: Int) -> Int? {
        var place = start
        var position = startPosition
        while true {
            switch program.steps[place] {
            case .set(let set):
                guard position < end else { return nil }
                let (scalar, length) = CharacterCursor.decode(base + position)
                guard program.takes(set, scalar) else { return nil }
                position += length
                place += 1
            case .split(let first, let second, let number):
                let bit = position * program.splitCount + number
                guard tried[bit >> 6] >> UInt64(bit & 63) & 1 == 0 else { return nil }
                tried[bit >> 6] |= 1 << UInt64(bit & 63)
                stack.append((second, position))
                place = first
            case .jump(let target): place = target
            case .run(let set, let minimum, let maximum, let number):
                guard let next = endOfRun(set, position, minimum, maximum, number) else { return nil }
                position = next
                place += 1
            case .look(let set, let isAhead, let isNegated):
                guard looksRight(set, position, isAhead: isAhead) != isNegated else { return nil }
                place += 1
            case .anchor(let anchor):
                guard holds(anchor, position) else { return nil }
                place += 1
            case .matched: return position
            }
        }
    }

    private mutating func endOfRun(_ set: Int, _ start: Int, _ minimum: Int, _ maximum: Int, _ number: Int)
        -> Int?
    {
        if maximum == .max, runs[number].start < start, start < runs[number].end, minimum <= 1 {
            return runs[number].end
        }
        var cursor = start
        var count = 0
        while cursor < end, count < maximum {
            let (scalar, length) = CharacterCursor.decode(base + cursor)
            guard program.takes(set, scalar) else { break }
            cursor += length
            count += 1
        }
        guard count >= minimum else { return nil }
        runs[number] = (start, cursor)
        return cursor
    }

    private func looksRight(_ set: Int, _ position: Int, isAhead: Bool) -> Bool {
        if isAhead {
            return position < end && program.takes(set, CharacterCursor.decode(base + position).scalar)
        }
        guard position > 0 else { return false }
        let before = CharacterCursor(base: base, end: end).startOfCharacter(endingAt: position)
        return program.takes(set, CharacterCursor.decode(base + before).scalar)
    }

    private func holds(_ anchor: ExpressionNode.Anchor, _ position: Int) -> Bool {
        switch anchor {
        case .textStart: position == 0
        case .textEnd: position == end
        case .lineStart: position == 0 || position < end && base[position - 1] == 0x0A
        case .lineEnd: position == end || base[position] == 0x0A
        case .lastLineEnd: position == end || position == end - 1 && base[position] == 0x0A
        }
    }
}
