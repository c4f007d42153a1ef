// SPDX-License-Identifier: Apache-2.0

extension TemplateValue {
    /// Python's `==`. Never fails.
    func equals(_ other: TemplateValue) -> Bool {
        if let left = number, let right = other.number { return Self.order(left, right) == 0 }
        switch (self, other) {
        case (.none, .none), (.undefined, .undefined): return true
        case (.bigInteger(let a), .bigInteger(let b)): return a == b
        case (.text(let a), .text(let b)): return a.bytes == b.bytes
        case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.equals($1) }
        case (.dictionary(let a), .dictionary(let b)):
            return a.count == b.count
                && zip(a.keys, a.values).allSatisfy { key, value in
                    guard let key = key.key, let match = b[key] else { return false }
                    return value.equals(match)
                }
        case (.range(let a), .range(let b)):
            return a.count == b.count
                && (a.count == 0 || a.start == b.start && (a.count == 1 || a.step == b.step))
        case (.namespace(let a), .namespace(let b)), (.macro(let a), .macro(let b)),
            (.loop(let a), .loop(let b)):
            return a == b
        case (.function(let a), .function(let b)): return a == b
        default: return false
        }
    }

    /// Negative, zero or positive as Python orders the two; nil where it refuses to.
    func compare(_ other: TemplateValue) -> Int? {
        if isBigInteger || other.isBigInteger { return compareBig(other) }
        if let left = number, let right = other.number { return Self.order(left, right) }
        switch (self, other) {
        case (.text(let a), .text(let b)):
            if a.bytes == b.bytes { return 0 }
            return a.bytes.lexicographicallyPrecedes(b.bytes) ? -1 : 1
        case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
            for (left, right) in zip(a, b) where !left.equals(right) { return left.compare(right) }
            return a.count - b.count
        default: return nil
        }
    }

    /// The order where one of the two is an integer beyond 64 bits.
    private func compareBig(_ other: TemplateValue) -> Int? {
        func double(_ value: TemplateValue) -> Double? {
            if case .bigInteger(let digits) = value { return Double(digits) }
            return value.number?.double
        }
        if case .bigInteger(let a) = self, case .bigInteger(let b) = other {
            let isNegative = a.hasPrefix("-")
            guard isNegative == b.hasPrefix("-") else { return isNegative ? -1 : 1 }
            let isLess = (a.utf8.count, a) < (b.utf8.count, b)
            return a == b ? 0 : isLess != isNegative ? -1 : 1
        }
        guard let left = double(self), let right = double(other) else { return nil }
        return Self.order(.real(left), .real(right))
    }

    /// The order of two numbers; 2 where one of them is not a number.
    private static func order(_ left: TemplateNumber, _ right: TemplateNumber) -> Int {
        if case .integer(let a) = left, case .integer(let b) = right { return a < b ? -1 : a > b ? 1 : 0 }
        let a = left.double
        let b = right.double
        return a < b ? -1 : a > b ? 1 : a == b ? 0 : 2
    }
}
