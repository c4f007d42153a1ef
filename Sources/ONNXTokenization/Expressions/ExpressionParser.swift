// SPDX-License-Identifier: Apache-2.0

/// Reads the part of Oniguruma's regular expressions that can be matched in linear time.
///
/// Not there, and refused: back references, look-around of more than one character, atomic groups of more than a run,
/// scripts and POSIX brackets, subexpression calls, and what can match nothing.
struct ExpressionParser {
    /// Why an expression is refused.
    struct Refusal: Error { let reason: String }

    private let source: [Unicode.Scalar]
    private(set) var position = 0
    private var ignoresCase = false
    private var depth = 0
    private static let deepest = 50

    init(_ source: String) { self.source = Array(source.unicodeScalars) }

    static func parse(_ source: String) throws(Refusal) -> ExpressionNode {
        var parser = ExpressionParser(source)
        let node = try parser.alternatives()
        guard parser.peek == nil else { throw Refusal(reason: "a closing parenthesis too many") }
        guard !node.isNullable else { throw Refusal(reason: "it can match nothing at all") }
        return node
    }

    var peek: Unicode.Scalar? { position < source.count ? source[position] : nil }

    mutating func next(_ what: String) throws(Refusal) -> Unicode.Scalar {
        guard position < source.count else { throw Refusal(reason: "\(what) is cut off") }
        defer { position += 1 }
        return source[position]
    }

    mutating func take(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        guard position + scalars.count <= source.count,
            source[position..<position + scalars.count].elementsEqual(scalars)
        else { return false }
        position += scalars.count
        return true
    }

    private mutating func alternatives() throws(Refusal) -> ExpressionNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else {
            throw Refusal(reason: "groups stand more than \(Self.deepest) deep")
        }
        let outerCase = ignoresCase
        defer { ignoresCase = outerCase }
        var parts = [try sequence()]
        while take("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .alternatives(parts)
    }

    private mutating func sequence() throws(Refusal) -> ExpressionNode {
        var parts: [ExpressionNode] = []
        var literals = ""
        while let scalar = peek, scalar != "|", scalar != ")" {
            if take("(?i)") {
                ignoresCase = true
                continue
            }
            let isLetter = ignoresCase && scalar.isASCII && scalar.properties.isAlphabetic
            literals = isLetter ? literals + String(scalar).lowercased() : ""
            for folded in ["ss", "st", "ff", "fi", "fl"] where literals.hasSuffix(folded) {
                throw Refusal(
                    reason: "`\(folded)` without regard to case has ligatures, which are not supported")
            }
            let atom = try self.atom()
            parts.append(try quantified(atom))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func quantified(_ atom: ExpressionNode) throws(Refusal) -> ExpressionNode {
        var isInterval = false
        let minimum: Int
        let maximum: Int?
        switch peek {
        case "?": (minimum, maximum) = (0, 1)
        case "*": (minimum, maximum) = (0, nil)
        case "+": (minimum, maximum) = (1, nil)
        case "{":
            (minimum, maximum) = try interval()
            isInterval = true
        default: return atom
        }
        if !isInterval { position += 1 }
        guard !(atom.isNullable && maximum != 1) else {
            throw Refusal(reason: "it repeats what can match nothing")
        }
        var result = ExpressionNode.repeated(atom, minimum: minimum, maximum: maximum, isLazy: false)
        if take("?") {
            guard !(isInterval && minimum == maximum) else {
                throw Refusal(reason: "a count followed by `?` is not supported")
            }
            result = .repeated(atom, minimum: minimum, maximum: maximum, isLazy: true)
        } else if take("+") {
            if isInterval {
                result = .repeated(result, minimum: 1, maximum: nil, isLazy: false)
            } else {
                guard case .set(let set) = atom else {
                    throw Refusal(reason: "possessive repetition of more than one character is not supported")
                }
                result = .run(set, minimum: minimum, maximum: maximum)
            }
        }
        if let more = peek, "?*+{".unicodeScalars.contains(more) {
            throw Refusal(reason: "a quantifier follows a quantifier")
        }
        return result
    }

    private mutating func interval() throws(Refusal) -> (Int, Int?) {
        position += 1
        func number() -> Int? {
            var value: Int?
            while let digit = peek?.value, digit >= 0x30, digit <= 0x39 {
                value = min((value ?? 0) * 10 + Int(digit - 0x30), 1 << 20)
                position += 1
            }
            return value
        }
        let minimum = number()
        var maximum = minimum
        if take(",") { maximum = number() }
        guard take("}"), minimum != nil || maximum != nil, (minimum ?? 0) <= (maximum ?? .max) else {
            throw Refusal(reason: "a count is not written as {n}, {n,}, {,n} or {n,m}")
        }
        return (minimum ?? 0, maximum)
    }

    private mutating func atom() throws(Refusal) -> ExpressionNode {
        let scalar = try next("the expression")
        switch scalar {
        case "(": return try group()
        case "[": return .set(try folded(try bracket()))
        case ".": return .set(.anyButNewline)
        case "^": return .anchor(.lineStart)
        case "$": return .anchor(.lineEnd)
        case "\\":
            switch peek {
            case "A":
                position += 1
                return .anchor(.textStart)
            case "z":
                position += 1
                return .anchor(.textEnd)
            case "Z":
                position += 1
                return .anchor(.lastLineEnd)
            default: return .set(try folded(try escape()))
            }
        case "*", "+", "?", "{": throw Refusal(reason: "a quantifier has nothing to repeat")
        default: return .set(try folded(.character(scalar.value)))
        }
    }

    private mutating func group() throws(Refusal) -> ExpressionNode {
        guard take("?") else { return try closed(try alternatives()) }
        if take(":") { return try closed(try alternatives()) }
        for (mark, isAhead, isNegated) in [
            ("=", true, false), ("!", true, true), ("<=", false, false), ("<!", false, true),
        ]
        where take(mark) {
            guard case .set(let set) = try closed(try alternatives()) else {
                throw Refusal(reason: "look-around of more than one character is not supported")
            }
            return .look(set, isAhead: isAhead, isNegated: isNegated)
        }
        if take("i:") {
            let outer = ignoresCase
            ignoresCase = true
            defer { ignoresCase = outer }
            return try closed(try alternatives())
        }
        if take(">") {
            guard
                case .repeated(.set(let set), let minimum, let maximum, false) = try closed(
                    try alternatives())
            else {
                throw Refusal(reason: "an atomic group of more than a run is not supported")
            }
            return .run(set, minimum: minimum, maximum: maximum)
        }
        throw Refusal(reason: "the group `(?\(peek.map { String($0) } ?? "")` is not supported")
    }

    private mutating func closed(_ node: ExpressionNode) throws(Refusal) -> ExpressionNode {
        guard take(")") else { throw Refusal(reason: "a closing parenthesis is missing") }
        return node
    }

    /// The set with both cases of its letters, where case is ignored.
    private func folded(_ set: ExpressionSet) throws(Refusal) -> ExpressionSet {
        guard ignoresCase else { return set }
        guard case .ranges(let ranges) = set, ranges.allSatisfy({ $0.upperBound < 0x80 && $0.count <= 128 })
        else {
            throw Refusal(reason: "ignoring case is supported for ASCII letters only")
        }
        var result = ranges
        for scalar in ranges.flatMap({ Array($0) }) {
            switch scalar {
            case 0x41...0x5A, 0x61...0x7A: result.append(scalar ^ 0x20...scalar ^ 0x20)
            default: continue
            }
            if scalar | 0x20 == 0x73 { result.append(0x17F...0x17F) }
            if scalar | 0x20 == 0x6B { result.append(0x212A...0x212A) }
        }
        return .ranges(result)
    }
}
