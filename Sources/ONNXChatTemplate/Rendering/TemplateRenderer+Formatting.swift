// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension TemplateRenderer {
    /// Python's `text % value` for the conversions s, r, d, i, u, f, x, X and %.
    mutating func formatted(_ format: TemplateText, with value: TemplateValue) throws(ONNXError)
        -> TemplateText
    {
        var values: [TemplateValue] = [value]
        if case .tuple(let items) = value { values = items }
        var used = 0
        var result = TemplateText()
        var position = 0
        while let percent = format.find([0x25], from: position) {
            result.append(format.part(position..<percent))
            var directive = Directive()
            position = try directive.read(format, after: percent, self)
            if directive.conversion == 0x25 {
                result.append(CollectionOfOne(0x25), isTrusted: true)
                continue
            }
            let argument: TemplateValue
            if let name = directive.name {
                guard case .dictionary(let names) = value, let found = names[.text(name)] else {
                    throw typeError("the format names a value that is not there")
                }
                argument = found
            } else {
                guard used < values.count else { throw typeError("the format needs more values") }
                argument = values[used]
                used += 1
            }
            result.append(try converted(argument, directive))
            try checkSize(result.bytes.count)
        }
        result.append(format.part(position..<format.bytes.count))
        if used < values.count {
            switch value {
            case .dictionary, .list, .range, .undefined: break
            case .tuple: throw typeError("the format needs fewer values")
            default: if used == 0 { throw typeError("the format needs no values") }
            }
        }
        try charge(bytes: result.bytes.count)
        return result
    }

    /// One conversion of a percent format.
    private struct Directive {
        var name: [UInt8]?
        var isLeft = false
        var hasZeros = false
        var width = 0
        var precision: Int?
        var conversion: UInt8 = 0

        mutating func read(
            _ format: TemplateText, after percent: Int, _ renderer: TemplateRenderer
        ) throws(ONNXError) -> Int {
            let bytes = format.bytes
            var cursor = percent + 1
            if cursor < bytes.count, bytes[cursor] == 0x28, let close = format.find([0x29], from: cursor) {
                name = Array(bytes[cursor + 1..<close])
                cursor = close + 1
            }
            while cursor < bytes.count, bytes[cursor] == 0x2D || bytes[cursor] == 0x30 {
                if bytes[cursor] == 0x2D { isLeft = true } else { hasZeros = true }
                cursor += 1
            }
            func number() -> Int {
                var value = 0
                while cursor < bytes.count, bytes[cursor] >= 0x30, bytes[cursor] <= 0x39 {
                    value = min(value * 10 + Int(bytes[cursor] - 0x30), 1 << 30)
                    cursor += 1
                }
                return value
            }
            width = number()
            if cursor < bytes.count, bytes[cursor] == 0x2E {
                cursor += 1
                precision = number()
            }
            guard cursor < bytes.count, "srdiufxX%".utf8.contains(bytes[cursor]) else {
                throw renderer.fail(
                    "template.unsupported", "the format has a conversion that is not supported")
            }
            guard width <= 4096, precision ?? 0 <= 300 else {
                throw renderer.fail(
                    "template.limit", "the format asks for a width above 4096 or above 300 decimals")
            }
            conversion = bytes[cursor]
            return cursor + 1
        }
    }

    private mutating func converted(
        _ value: TemplateValue, _ directive: Directive
    ) throws(ONNXError) -> TemplateText {
        var text: TemplateText
        switch directive.conversion {
        case 0x73, 0x72:
            text = directive.conversion == 0x73 ? try shown(value) : value.represented
            if let precision = directive.precision, precision < text.count {
                text = text.part(0..<text.starts()[precision])
            }
        case _ where value.isBigInteger:
            throw fail("template.arithmetic", "the number does not fit in 64 bits")
        case 0x66:
            guard let number = value.number else {
                throw typeError("%f needs a number, not \(value.typeName)")
            }
            text = TemplateText(
                TemplateFilters.fixed(number.double, places: directive.precision ?? 6), isTrusted: false)
        default:
            var number: Int
            switch value.number {
            case .integer(let integer): number = integer
            case .real(let real) where directive.conversion != 0x78 && directive.conversion != 0x58:
                guard let whole = Int(exactly: real.rounded(.towardZero)) else {
                    throw fail("template.arithmetic", "the number does not fit in 64 bits")
                }
                number = whole
            default: throw typeError("the format needs a number, not \(value.typeName)")
            }
            let isHex = directive.conversion == 0x78 || directive.conversion == 0x58
            text = TemplateText(
                String(number, radix: isHex ? 16 : 10, uppercase: directive.conversion == 0x58),
                isTrusted: false)
        }
        let isNumber = directive.conversion != 0x73 && directive.conversion != 0x72
        if directive.hasZeros, isNumber, !directive.isLeft, directive.width > text.count {
            let zeros = String(repeating: "0", count: directive.width - text.count)
            let hasSign = text.bytes.first == 0x2D
            let digits = hasSign ? text.string.dropFirst() : text.string[...]
            return TemplateText((hasSign ? "-" : "") + zeros + digits, isTrusted: false)
        }
        let space = TemplateText(" ", isTrusted: true)
        return try TemplateFilters.padded(
            text, directive.width, space, directive.isLeft ? .right : .left, &self)
    }

    /// Python's `str.format` with plain fields: `{}`, `{0}`, `{name}`, and `{{` and `}}`.
    mutating func braceFormatted(
        _ format: TemplateText, _ arguments: TemplateCallArguments
    ) throws(ONNXError) -> TemplateText {
        var result = TemplateText()
        let bytes = format.bytes
        var cursor = 0
        var next = 0
        while cursor < bytes.count {
            let byte = bytes[cursor]
            let isDoubled = cursor + 1 < bytes.count && bytes[cursor + 1] == byte
            if byte == 0x7B || byte == 0x7D, isDoubled {
                result.append(format.part(cursor..<cursor + 1))
                cursor += 2
            } else if byte == 0x7B {
                guard let close = format.find([0x7D], from: cursor) else {
                    throw typeError("the format lacks a brace")
                }
                let field = String(decoding: bytes[cursor + 1..<close], as: UTF8.self)
                let value: TemplateValue?
                if field.isEmpty {
                    value = arguments.value(next, "")
                    next += 1
                } else if let position = Int(field) {
                    value = arguments.value(position, "")
                } else {
                    let isName = field.utf8.allSatisfy {
                        $0 == 0x5F || $0 >= 0x30 && $0 <= 0x39 || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A
                    }
                    guard isName else {
                        throw fail("template.unsupported", "the format field '{\(field)}' is not supported")
                    }
                    value = arguments.value(-1, field)
                }
                guard let value else { throw typeError("the format has no value for '{\(field)}'") }
                result.append(try shown(value))
                try checkSize(result.bytes.count)
                cursor = close + 1
            } else if byte == 0x7D {
                throw typeError("the format has a single closing brace")
            } else {
                var end = cursor + 1
                while end < bytes.count, bytes[end] != 0x7B, bytes[end] != 0x7D { end += 1 }
                result.append(format.part(cursor..<end))
                cursor = end
            }
        }
        try charge(bytes: result.bytes.count)
        return result
    }
}
