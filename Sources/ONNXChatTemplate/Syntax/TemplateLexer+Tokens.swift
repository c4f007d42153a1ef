// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension TemplateLexer {
    private static let symbols = [
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">",
        "<",
        "=", ".", ":", "|", ",", ";",
    ]

    /// Reads one token inside a tag.
    mutating func readToken() throws(ONNXError) {
        let start = position
        let byte = source[start]
        switch byte {
        case 0x30...0x39: try readNumber()
        case 0x22, 0x27: try readString()
        case 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...:
            while position < source.count, Self.isNamePart(source[position]) { position += 1 }
            add(.name(String(decoding: source[start..<position], as: UTF8.self)), at: start)
        default: try readSymbol()
        }
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...: true
        default: false
        }
    }

    private mutating func readSymbol() throws(ONNXError) {
        let start = position
        for symbol in Self.symbols where source[start...].starts(with: symbol.utf8) {
            let byte = source[start]
            switch byte {
            case 0x28: brackets.append(0x29)
            case 0x5B: brackets.append(0x5D)
            case 0x7B: brackets.append(0x7D)
            case 0x29, 0x5D, 0x7D:
                guard brackets.popLast() == byte else {
                    throw place(of: start).error("template.syntax", "unexpected '\(symbol)'")
                }
            default: break
            }
            position += symbol.utf8.count
            return add(.symbol(symbol), at: start)
        }
        let found = String(decoding: source[start...].prefix(1), as: UTF8.self)
        throw place(of: start).error("template.syntax", "unexpected character '\(found)'")
    }

    private mutating func readNumber() throws(ONNXError) {
        let start = position
        let prefix = start + 1 < source.count && source[start] == 0x30 ? source[start + 1] | 0x20 : 0
        let radix = prefix == 0x78 ? 16 : prefix == 0x6F ? 8 : prefix == 0x62 ? 2 : 10
        if radix != 10 {
            position += 2
            let digits = takeDigits { $0.isHexDigit }
            guard let value = Int(digits, radix: radix) else {
                throw place(of: start).error("template.syntax", "the number is malformed or does not fit")
            }
            return add(.integer(value), at: start)
        }
        var text = takeDigits { $0.isNumber }
        var isReal = false
        let followsDot = start > 0 && source[start - 1] == 0x2E
        if !followsDot, position + 1 < source.count, source[position] == 0x2E,
            Self.isDigit(source[position + 1])
        {
            isReal = true
            position += 1
            text += "." + takeDigits { $0.isNumber }
        }
        if !followsDot, let exponent = exponent() {
            isReal = true
            text += exponent
        }
        if isReal {
            add(.real(Double(text) ?? .infinity), at: start)
        } else if text.utf8.count > 1, text.utf8.first == 0x30, text.utf8.contains(where: { $0 != 0x30 }) {
            throw place(of: start).error("template.syntax", "a number begins with a needless 0")
        } else if let value = Int(text) {
            add(.integer(value), at: start)
        } else {
            add(.bigInteger(text), at: start)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    /// Takes digits and the underscores between them, and gives the digits.
    private mutating func takeDigits(_ isDigit: (Character) -> Bool) -> String {
        var text = ""
        while position < source.count, source[position] < 0x80 {
            let character = Character(Unicode.Scalar(source[position]))
            if isDigit(character) {
                text.append(character)
            } else if source[position] != 0x5F || !text.isEmpty && !digitFollows(isDigit) {
                break
            }
            position += 1
        }
        return text
    }

    private func digitFollows(_ isDigit: (Character) -> Bool) -> Bool {
        position + 1 < source.count && source[position + 1] < 0x80
            && isDigit(Character(Unicode.Scalar(source[position + 1])))
    }

    private mutating func exponent() -> String? {
        guard position < source.count, source[position] | 0x20 == 0x65 else { return nil }
        var cursor = position + 1
        var text = "e"
        if cursor < source.count, source[cursor] == 0x2B || source[cursor] == 0x2D {
            text.append(Character(Unicode.Scalar(source[cursor])))
            cursor += 1
        }
        guard cursor < source.count, Self.isDigit(source[cursor]) else { return nil }
        position = cursor
        return text + takeDigits { $0.isNumber }
    }

    private mutating func readString() throws(ONNXError) {
        let start = position
        let quote = source[start]
        var bytes: [UInt8] = []
        position += 1
        while position < source.count {
            let byte = source[position]
            position += 1
            if byte == quote { return add(.string(String(decoding: bytes, as: UTF8.self)), at: start) }
            if byte == 0x5C, position < source.count {
                try readEscape(into: &bytes)
            } else {
                bytes.append(byte)
            }
        }
        throw place(of: start).error("template.syntax", "the string that begins here has no end")
    }

    /// Reads what follows a backslash, as Python does.
    private mutating func readEscape(into bytes: inout [UInt8]) throws(ONNXError) {
        let start = position - 1
        let byte = source[position]
        position += 1
        switch byte {
        case 0x0A: break
        case 0x5C, 0x27, 0x22: bytes.append(byte)
        case 0x61: bytes.append(0x07)
        case 0x62: bytes.append(0x08)
        case 0x66: bytes.append(0x0C)
        case 0x6E: bytes.append(0x0A)
        case 0x72: bytes.append(0x0D)
        case 0x74: bytes.append(0x09)
        case 0x76: bytes.append(0x0B)
        case 0x78: try readCode(2, from: start, into: &bytes)
        case 0x75: try readCode(4, from: start, into: &bytes)
        case 0x55: try readCode(8, from: start, into: &bytes)
        case 0x30...0x37:
            var value = UInt32(byte - 0x30)
            var count = 1
            while count < 3, position < source.count, (0x30...0x37).contains(source[position]) {
                value = value * 8 + UInt32(source[position] - 0x30)
                position += 1
                count += 1
            }
            append(value, into: &bytes)
        case 0x4E:
            throw place(of: start).error(
                "template.unsupported", "escapes of the form \\N{…} are not supported")
        default: bytes += [0x5C, byte]
        }
    }

    private mutating func readCode(_ count: Int, from start: Int, into bytes: inout [UInt8]) throws(ONNXError)
    {
        let digits = source[position...].prefix(count)
        guard digits.count == count,
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), value <= 0x10FFFF,
            !digits.contains(0x2B)
        else {
            throw place(of: start).error("template.syntax", "the escape is malformed")
        }
        position += count
        append(value, into: &bytes)
    }

    private func append(_ value: UInt32, into bytes: inout [UInt8]) {
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
}
