// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension TemplateRenderer {
    private var tooLarge: ONNXError {
        fail("template.arithmetic", "the result does not fit in an integer of 64 bits")
    }

    private var byZero: ONNXError { fail("template.arithmetic", "division by zero") }

    func signed(_ value: TemplateValue, isNegative: Bool) throws(ONNXError) -> TemplateValue {
        switch value.number {
        case .integer(let number):
            guard isNegative else { return .integer(number) }
            let (result, overflow) = 0.subtractingReportingOverflow(number)
            if overflow { throw tooLarge }
            return .integer(result)
        case .real(let number): return .real(isNegative ? -number : number)
        case nil:
            if value.isUndefined { throw undefined(value) }
            if case .bigInteger(let digits) = value {
                guard isNegative else { return value }
                return .bigInteger(digits.hasPrefix("-") ? String(digits.dropFirst()) : "-" + digits)
            }
            throw typeError("a value of type \(value.typeName) has no sign")
        }
    }

    mutating func arithmetic(
        _ operation: TemplateExpression.Operator, _ left: TemplateValue, _ right: TemplateValue
    ) throws(ONNXError) -> TemplateValue {
        if let a = left.number, let b = right.number {
            if case .integer(let a) = a, case .integer(let b) = b { return try integers(operation, a, b) }
            return try reals(operation, a.double, b.double)
        }
        switch (operation, left, right) {
        case (.add, .text(let a), .text(let b)):
            let isMarkup = a.isMarkup || b.isMarkup
            var text = isMarkup && !a.isMarkup ? TemplateFilters.escaped(a) : a
            let end = isMarkup && !b.isMarkup ? TemplateFilters.escaped(b) : b
            try charge(bytes: text.bytes.count + end.bytes.count)
            text.append(end)
            text.isMarkup = isMarkup
            return .text(text)
        case (.add, .list(let a), .list(let b)):
            try charge(elements: a.count + b.count)
            return .list(a + b)
        case (.add, .tuple(let a), .tuple(let b)):
            try charge(elements: a.count + b.count)
            return .tuple(a + b)
        case (.multiply, .text, _), (.multiply, .list, _), (.multiply, .tuple, _):
            if case .integer(let count)? = right.number { return try repeated(left, count) }
        case (.multiply, _, .text), (.multiply, _, .list), (.multiply, _, .tuple):
            if case .integer(let count)? = left.number { return try repeated(right, count) }
        case (.modulo, .text(let format), _):
            return .text(try formatted(format, with: right))
        default: break
        }
        if left.isUndefined { throw undefined(left) }
        if right.isUndefined { throw undefined(right) }
        if case .bigInteger(let digits) = left, let number = right.number ?? big(right) {
            guard case .real(let real) = number else { throw tooLarge }
            return try reals(operation, Double(digits) ?? .infinity, real)
        }
        if case .bigInteger(let digits) = right, let number = left.number {
            guard case .real(let real) = number else { throw tooLarge }
            return try reals(operation, real, Double(digits) ?? .infinity)
        }
        throw typeError(
            "'\(operation.rawValue)' cannot join values of type \(left.typeName) and \(right.typeName)")
    }

    /// A number that stands for an integer beyond 64 bits in the choice of an error.
    private func big(_ value: TemplateValue) -> TemplateNumber? { value.isBigInteger ? .integer(0) : nil }

    private func integers(
        _ operation: TemplateExpression.Operator, _ a: Int, _ b: Int
    ) throws(ONNXError) -> TemplateValue {
        let result: (partialValue: Int, overflow: Bool)
        switch operation {
        case .add: result = a.addingReportingOverflow(b)
        case .subtract: result = a.subtractingReportingOverflow(b)
        case .multiply: result = a.multipliedReportingOverflow(by: b)
        case .divide:
            if b == 0 { throw byZero }
            return .real(Double(a) / Double(b))
        case .floorDivide:
            if b == 0 { throw byZero }
            let (quotient, overflow) = a.dividedReportingOverflow(by: b)
            if overflow { throw tooLarge }
            return .integer(a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient)
        case .modulo:
            if b == 0 { throw byZero }
            if b == -1 { return .integer(0) }
            let rest = a % b
            return .integer(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
        case .power:
            if b < 0 {
                if a == 0 { throw byZero }
                return .real(pow(Double(a), Double(b)))
            }
            return .integer(try power(a, b))
        }
        if result.overflow { throw tooLarge }
        return .integer(result.partialValue)
    }

    private func power(_ base: Int, _ exponent: Int) throws(ONNXError) -> Int {
        if base == 1 || exponent == 0 { return 1 }
        if base == 0 { return 0 }
        if base == -1 { return exponent % 2 == 0 ? 1 : -1 }
        guard exponent < 64 else { throw tooLarge }
        var result = 1
        for _ in 0..<exponent {
            let (product, overflow) = result.multipliedReportingOverflow(by: base)
            if overflow { throw tooLarge }
            result = product
        }
        return result
    }

    private func reals(
        _ operation: TemplateExpression.Operator, _ a: Double, _ b: Double
    ) throws(ONNXError) -> TemplateValue {
        switch operation {
        case .add: return .real(a + b)
        case .subtract: return .real(a - b)
        case .multiply: return .real(a * b)
        case .divide:
            if b == 0 { throw byZero }
            return .real(a / b)
        case .floorDivide, .modulo:
            if b == 0 { throw byZero }
            var rest = fmod(a, b)
            var quotient = (a - rest) / b
            if rest != 0 {
                if (b < 0) != (rest < 0) {
                    rest += b
                    quotient -= 1
                }
            } else {
                rest = b < 0 ? -0.0 : 0.0
            }
            if operation == .modulo { return .real(rest) }
            if quotient == 0 { return .real(a / b < 0 ? -0.0 : 0.0) }
            let floored = quotient.rounded(.down)
            return .real(quotient - floored > 0.5 ? floored + 1 : floored)
        case .power:
            let result = pow(a, b)
            if a < 0, b != b.rounded() { throw fail("template.arithmetic", "the power is not a real number") }
            if a == 0, b < 0 { throw byZero }
            if result.isInfinite, a.isFinite, b.isFinite {
                throw fail("template.arithmetic", "the result of '**' is too large")
            }
            return .real(result)
        }
    }

    /// A text or a list, so many times; nothing for negative counts.
    mutating func repeated(_ value: TemplateValue, _ count: Int) throws(ONNXError) -> TemplateValue {
        let size: Int
        switch value {
        case .text(let text): size = text.bytes.count
        case .list(let items), .tuple(let items): size = items.count * 16
        default: throw typeError("a value of type \(value.typeName) cannot be repeated")
        }
        let times = max(0, count)
        let (bytes, overflow) = size.multipliedReportingOverflow(by: times)
        guard !overflow, bytes <= limits.repeatBytes || times <= 1 else {
            throw fail("template.limit", "repeating makes more than the limit of \(limits.repeatBytes) bytes")
        }
        try charge(bytes: bytes)
        let copies = size == 0 ? min(times, 1) : times
        switch value {
        case .text(let text):
            var result = TemplateText()
            for _ in 0..<copies { result.append(text) }
            return .text(result)
        case .list(let items): return .list(Array(repeatElement(items, count: copies).joined()))
        case .tuple(let items): return .tuple(Array(repeatElement(items, count: copies).joined()))
        default: return .none
        }
    }
}
