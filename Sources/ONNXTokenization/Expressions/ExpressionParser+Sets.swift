// SPDX-License-Identifier: Apache-2.0

extension ExpressionParser {
    /// The set between brackets whose opening one was taken.
    mutating func bracket(depth: Int = 0) throws(Refusal) -> ExpressionSet {
        guard depth < 20 else { throw Refusal(reason: "brackets stand more than 20 deep") }
        let isNegated = take("^")
        var parts: [ExpressionSet] = []
        var ranges: [ClosedRange<UInt32>] = []
        var intersected: ExpressionSet?
        func gathered() -> ExpressionSet {
            var all = parts
            if !ranges.isEmpty || all.isEmpty { all.append(.ranges(ranges)) }
            return all.count == 1 ? all[0] : .union(all)
        }
        var isEmpty = true
        while !take("]") {
            if take("&&") {
                intersected = Self.intersection(intersected, gathered())
                parts = []
                ranges = []
                continue
            }
            isEmpty = false
            if take("[") {
                guard peek != ":" else { throw Refusal(reason: "POSIX brackets are not supported") }
                parts.append(try bracket(depth: depth + 1))
                continue
            }
            let member = try member()
            guard case .ranges(let single) = member, let low = single.first?.lowerBound, single.count == 1,
                single[0].count == 1
            else {
                parts.append(member)
                continue
            }
            guard take("-") else {
                ranges.append(low...low)
                continue
            }
            guard peek != "]" else {
                ranges.append(low...low)
                ranges.append(0x2D...0x2D)
                continue
            }
            guard case .ranges(let end) = try self.member(), end.count == 1, end[0].count == 1,
                end[0].lowerBound >= low
            else { throw Refusal(reason: "a range in brackets has no proper end") }
            ranges.append(low...end[0].lowerBound)
        }
        guard !isEmpty else { throw Refusal(reason: "empty brackets are not supported") }
        let set = Self.intersection(intersected, gathered())
        return isNegated ? .not(set) : set
    }

    private static func intersection(_ left: ExpressionSet?, _ right: ExpressionSet) -> ExpressionSet {
        guard let left else { return right }
        return .not(.union([.not(left), .not(right)]))
    }

    private mutating func member() throws(Refusal) -> ExpressionSet {
        let scalar = try next("a bracket")
        return scalar == "\\" ? try escape() : .character(scalar.value)
    }

    /// What stands after a backslash, which was taken.
    mutating func escape() throws(Refusal) -> ExpressionSet {
        let scalar = try next("an escape")
        switch scalar {
        case "s": return .space
        case "S": return .not(.space)
        case "d": return .digit
        case "D": return .not(.digit)
        case "w": return .word
        case "W": return .not(.word)
        case "p", "P": return try property(isNegated: scalar == "P")
        case "r": return .character(0x0D)
        case "n": return .character(0x0A)
        case "t": return .character(0x09)
        case "f": return .character(0x0C)
        case "v": return .character(0x0B)
        case "u": return try hexadecimal(4)
        case "x":
            if take("{") {
                let set = try hexadecimal(8)
                guard take("}") else { throw Refusal(reason: "\\x{ has no closing brace") }
                return set
            }
            return try hexadecimal(2)
        default:
            guard scalar.isASCII, !scalar.properties.isAlphabetic, scalar.properties.numericType == nil else {
                throw Refusal(reason: "the escape \\\(scalar) is not supported")
            }
            return .character(scalar.value)
        }
    }

    private mutating func property(isNegated: Bool) throws(Refusal) -> ExpressionSet {
        guard take("{") else { throw Refusal(reason: "\\p is not followed by a name in braces") }
        let isInverted = take("^") != isNegated
        var name = ""
        while !take("}") { name.unicodeScalars.append(try next("a property")) }
        guard let set = ExpressionSet.category(name) else {
            throw Refusal(reason: "the property \\p{\(name)} is not supported")
        }
        return isInverted ? .not(set) : set
    }

    private mutating func hexadecimal(_ most: Int) throws(Refusal) -> ExpressionSet {
        var value: UInt32 = 0
        var count = 0
        while count < most, let scalar = peek, scalar.isASCII, let digit = Character(scalar).hexDigitValue {
            value = value << 4 | UInt32(digit)
            count += 1
            _ = try next("an escape")
        }
        guard count == most || most == 8 && count > 0, let scalar = Unicode.Scalar(value),
            most != 2 || value < 0x80
        else { throw Refusal(reason: "a hexadecimal escape names no character") }
        return .character(scalar.value)
    }
}
