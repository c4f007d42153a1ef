// SPDX-License-Identifier: Apache-2.0

/// A regular expression as steps for ``ExpressionMatcher``.
struct ExpressionProgram: Sendable {
    enum Step: Sendable {
        case set(Int)
        /// Goes on at the first place, and at the second when that fails. The number counts these steps.
        case split(Int, Int, number: Int)
        case jump(Int)
        /// The number counts these steps.
        case run(Int, minimum: Int, maximum: Int, number: Int)
        case look(Int, isAhead: Bool, isNegated: Bool)
        case anchor(ExpressionNode.Anchor)
        case matched
    }

    private(set) var steps: [Step] = []
    private var sets: [ExpressionSet] = []
    /// Which ASCII characters each set takes: 64 in one word, 64 in the next.
    private var asciiOfSets: [UInt64] = []
    private(set) var splitCount = 0
    private(set) var runCount = 0
    /// Whether a match can begin with each byte; bytes above ASCII stand for all such characters.
    private(set) var mayBegin = [Bool](repeating: false, count: 256)
    private var numbers: [ExpressionSet: Int] = [:]

    private static let mostSteps = 4096

    init(_ node: ExpressionNode) throws(ExpressionParser.Refusal) {
        try add(node)
        steps.append(.matched)
        findBeginnings()
    }

    private mutating func add(_ node: ExpressionNode) throws(ExpressionParser.Refusal) {
        guard steps.count < Self.mostSteps else {
            throw ExpressionParser.Refusal(reason: "it has more than \(Self.mostSteps) steps")
        }
        switch node {
        case .set(let set): steps.append(.set(number(of: set)))
        case .sequence(let parts): for part in parts { try add(part) }
        case .alternatives(let parts): try addAlternatives(parts)
        case .repeated(let inner, let minimum, let maximum, let isLazy):
            try addRepeated(inner, minimum, maximum, isLazy: isLazy)
        case .run(let set, let minimum, let maximum):
            steps.append(.run(number(of: set), minimum: minimum, maximum: maximum ?? .max, number: runCount))
            runCount += 1
        case .look(let set, let isAhead, let isNegated):
            steps.append(.look(number(of: set), isAhead: isAhead, isNegated: isNegated))
        case .anchor(let anchor): steps.append(.anchor(anchor))
        }
    }

    private mutating func addAlternatives(_ parts: [ExpressionNode]) throws(ExpressionParser.Refusal) {
        var jumps: [Int] = []
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            let split = isLast ? nil : addSplit()
            try add(part)
            guard let split else { break }
            jumps.append(steps.count)
            steps.append(.jump(0))
            setSplit(split, first: split + 1, second: steps.count)
        }
        for jump in jumps { steps[jump] = .jump(steps.count) }
    }

    private mutating func addRepeated(
        _ inner: ExpressionNode, _ minimum: Int, _ maximum: Int?, isLazy: Bool
    ) throws(ExpressionParser.Refusal) {
        for _ in 0..<minimum { try add(inner) }
        func place(_ split: Int, _ body: Int, _ after: Int) {
            setSplit(split, first: isLazy ? after : body, second: isLazy ? body : after)
        }
        guard let maximum else {
            let split = addSplit()
            try add(inner)
            steps.append(.jump(split))
            place(split, split + 1, steps.count)
            return
        }
        var splits: [Int] = []
        for _ in minimum..<max(minimum, maximum) {
            splits.append(addSplit())
            try add(inner)
        }
        for split in splits { place(split, split + 1, steps.count) }
    }

    private mutating func addSplit() -> Int {
        steps.append(.split(0, 0, number: splitCount))
        splitCount += 1
        return steps.count - 1
    }

    private mutating func setSplit(_ place: Int, first: Int, second: Int) {
        guard case .split(_, _, let number) = steps[place] else { return }
        steps[place] = .split(first, second, number: number)
    }

    private mutating func number(of set: ExpressionSet) -> Int {
        if let known = numbers[set] { return known }
        sets.append(set)
        for start: UInt32 in [0, 64] {
            asciiOfSets.append((0..<64).reduce(0) { set.contains(start + $1) ? $0 | 1 << UInt64($1) : $0 })
        }
        numbers[set] = sets.count - 1
        return sets.count - 1
    }

    /// Whether a set takes a character.
    @inline(__always)
    func takes(_ set: Int, _ scalar: UInt32) -> Bool {
        guard scalar < 128 else { return sets[set].contains(scalar) }
        return asciiOfSets[2 * set + Int(scalar >> 6)] >> UInt64(scalar & 63) & 1 == 1
    }

    private mutating func findBeginnings() {
        var open = [0]
        var seen = Set<Int>()
        func add(_ set: Int) {
            for byte in 0..<128 where takes(set, UInt32(byte)) { mayBegin[byte] = true }
            for byte in 128..<256 { mayBegin[byte] = true }
        }
        while let place = open.popLast() {
            guard seen.insert(place).inserted else { continue }
            switch steps[place] {
            case .set(let set): add(set)
            case .split(let first, let second, _): open += [first, second]
            case .jump(let target): open.append(target)
            case .run(let set, let minimum, _, _):
                add(set)
                if minimum == 0 { open.append(place + 1) }
            case .look, .anchor: open.append(place + 1)
            case .matched: break
            }
        }
    }
}
