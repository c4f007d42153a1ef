// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension TemplateFilters {
    static func number(
        _ name: String, _ value: TemplateValue, _ arguments: TemplateCallArguments,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        let what = "the filter '\(name)'"
        if value.isUndefined { throw renderer.undefined(value) }
        switch name {
        case "abs":
            if case .bigInteger(let digits) = value {
                return .bigInteger(String(digits.drop { $0 == "-" }))
            }
            switch value.number {
            case .integer(let number):
                return number < 0 ? try renderer.signed(.integer(number), isNegative: true) : .integer(number)
            case .real(let number): return .real(number.magnitude)
            case nil: throw renderer.typeError("\(what) needs a number, not \(value.typeName)")
            }
        case "int":
            try arguments.check(["default", "base"], for: what, renderer)
            let base = try integer(arguments.value(1, "base"), 10, what, renderer)
            return try toInteger(value, base, renderer) ?? arguments.value(0, "default") ?? .integer(0)
        case "float":
            try arguments.check(["default"], for: what, renderer)
            if let number = value.number { return .real(number.double) }
            if case .bigInteger(let digits) = value { return .real(Double(digits) ?? .infinity) }
            if case .text(let text) = value, let number = toDouble(text.stripped(.both).string) {
                return .real(number)
            }
            return arguments.value(0, "default") ?? .real(0)
        default: return try rounded(value, arguments, what, renderer)
        }
    }

    private static func toInteger(
        _ value: TemplateValue, _ base: Int, _ renderer: TemplateRenderer
    ) throws(ONNXError) -> TemplateValue? {
        switch value {
        case .bigInteger: return value
        case .text(let text):
            let digits = text.stripped(.both).string
            if (2...36).contains(base), let number = parseInteger(digits, base) { return .integer(number) }
            guard let real = toDouble(digits) else { return nil }
            return try truncated(real, renderer)
        default:
            switch value.number {
            case .integer(let number): return .integer(number)
            case .real(let number): return try truncated(number, renderer)
            case nil: return nil
            }
        }
    }

    private static func truncated(_ value: Double, _ renderer: TemplateRenderer) throws(ONNXError)
        -> TemplateValue?
    {
        if value.isNaN { return nil }
        guard let number = Int(exactly: value.rounded(.towardZero)) else {
            throw renderer.fail("template.arithmetic", "\(value) does not fit in an integer of 64 bits")
        }
        return .integer(number)
    }

    /// Python's `int(text, base)` for decimal-looking text.
    private static func parseInteger(_ text: String, _ base: Int) -> Int? {
        var digits = text
        var sign = ""
        if let first = digits.first, first == "+" || first == "-" {
            sign = String(first)
            digits.removeFirst()
        }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)]
        where base == radix && digits.lowercased().hasPrefix(prefix) {
            digits.removeFirst(2)
        }
        guard let first = digits.first, first != "+", first != "-", first != "_", digits.last != "_" else {
            return nil
        }
        guard !digits.utf8.elementsEqual("__".utf8), !containsDoubleUnderscore(digits) else { return nil }
        return Int(sign + digits.filter { $0 != "_" }, radix: base)
    }

    private static func containsDoubleUnderscore(_ text: String) -> Bool {
        zip(text.utf8, text.utf8.dropFirst()).contains { $0 == 0x5F && $1 == 0x5F }
    }

    /// Python's `float(text)`.
    private static func toDouble(_ text: String) -> Double? {
        switch text.lowercased() {
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        case "nan", "+nan", "-nan": return .nan
        default: break
        }
        guard let last = text.utf8.last, text.utf8.first != 0x5F, last != 0x5F,
            !containsDoubleUnderscore(text),
            text.utf8.allSatisfy({
                $0 >= 0x30 && $0 <= 0x39 || [0x2E, 0x2B, 0x2D, 0x45, 0x65, 0x5F].contains($0)
            })
        else { return nil }
        var plain = text.filter { $0 != "_" }
        if plain.hasSuffix(".") { plain.append("0") }
        for sign in ["", "+", "-"] where plain.hasPrefix(sign + ".") {
            plain = sign + "0" + plain.dropFirst(sign.count)
        }
        return Double(plain)
    }

    private static func rounded(
        _ value: TemplateValue, _ arguments: TemplateCallArguments, _ what: String,
        _ renderer: TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        try arguments.check(["precision", "method"], for: what, renderer)
        let precision = try integer(arguments.value(0, "precision"), 0, what, renderer)
        let method = arguments.value(1, "method")?.shown.string ?? "common"
        guard ["common", "ceil", "floor"].contains(method) else {
            throw renderer.typeError("\(what) knows the methods common, ceil and floor, not '\(method)'")
        }
        if value.isBigInteger {
            guard method == "common", precision >= 0 else {
                throw renderer.fail("template.arithmetic", "the number does not fit in an integer of 64 bits")
            }
            return value
        }
        guard let number = value.number else {
            throw renderer.typeError("\(what) needs a number, not \(value.typeName)")
        }
        guard (-300...300).contains(precision) else {
            throw renderer.fail("template.limit", "\(what) rounds to at most 300 places")
        }
        let scale = pow(10, Double(precision.magnitude))
        func scaled(_ round: (Double) -> Double) -> Double {
            precision < 0 ? round(number.double / scale) * scale : round(number.double * scale) / scale
        }
        switch (method, number) {
        case ("ceil", _): return .real(scaled { $0.rounded(.up) } + 0)
        case ("floor", _): return .real(scaled { $0.rounded(.down) } + 0)
        case (_, .integer(let integer)):
            guard precision < 0 else { return .integer(integer) }
            return try truncated(scaled { $0.rounded(.toNearestOrEven) }, renderer) ?? .integer(0)
        case (_, .real(let real)):
            guard real.isFinite, precision > 0 else { return .real(scaled { $0.rounded(.toNearestOrEven) }) }
            return .real(Double(fixed(real, places: precision)) ?? real)
        }
    }

    /// A number with so many decimals, rounded from its exact value. At most 300 places.
    static func fixed(_ value: Double, places: Int) -> String {
        var buffer = [CChar](repeating: 0, count: 1024)
        let count = withVaList([Int32(places), value]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
        return String(
            decoding: buffer.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
