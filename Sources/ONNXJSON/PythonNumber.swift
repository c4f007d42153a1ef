// SPDX-License-Identifier: Apache-2.0

/// Text forms of doubles as Python prints them.
package enum PythonNumber {
    /// `repr(value)`: the shortest digits that read back equal, scientific from 1e16 up and below 1e-4.
    package static func repr(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        let sign = value.sign == .minus ? "-" : ""
        if value.isZero { return sign + "0.0" }
        let (digits, exponent) = shortestDigits(value.magnitude)
        if exponent < -4 || exponent >= 16 {
            var text = sign + String(digits[0].character)
            if digits.count > 1 { text += "." + String(decoding: digits[1...], as: UTF8.self) }
            let size = exponent.magnitude
            return text + "e" + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + String(size)
        }
        if exponent < 0 {
            let zeros = String(repeating: "0", count: -exponent - 1)
            return sign + "0." + zeros + String(decoding: digits, as: UTF8.self)
        }
        let whole = exponent + 1
        if digits.count <= whole {
            let zeros = String(repeating: "0", count: whole - digits.count)
            return sign + String(decoding: digits, as: UTF8.self) + zeros + ".0"
        }
        let head = String(decoding: digits[..<whole], as: UTF8.self)
        return sign + head + "." + String(decoding: digits[whole...], as: UTF8.self)
    }

    /// `json.dumps(value)`: like ``repr(_:)`` with `NaN`, `Infinity` and `-Infinity`.
    package static func json(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return repr(value)
    }

    /// The significant digits (ASCII, no trailing zeros) of a positive value and the exponent of the first.
    private static func shortestDigits(_ value: Double) -> (digits: [UInt8], exponent: Int) {
        var digits: [UInt8] = []
        var exponent = 0
        var pointSeen = false
        var wholeCount = 0
        var inExponent = false
        var exponentSign = 1
        var written = 0
        for byte in value.description.utf8 {
            switch byte {
            case 0x2E: pointSeen = true
            case 0x65: inExponent = true
            case 0x2D: exponentSign = -1
            case 0x30...0x39:
                if inExponent {
                    written = written * 10 + Int(byte - 0x30)
                } else {
                    digits.append(byte)
                    if !pointSeen { wholeCount += 1 }
                }
            default: break
            }
        }
        let leading = digits.prefix { $0 == 0x30 }.count
        digits.removeFirst(leading)
        while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
        exponent = wholeCount - 1 - leading + exponentSign * written
        return (digits.isEmpty ? [0x30] : digits, exponent)
    }
}

extension UInt8 {
    fileprivate var character: Character { Character(Unicode.Scalar(self)) }
}
