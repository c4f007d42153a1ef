// SPDX-License-Identifier: Apache-2.0

/// The byte-level alphabet: a printable character for each of the 256 bytes.
///
/// Printable Latin-1 bytes stand for themselves; the others, in order, get the characters from U+0100 on. Each
/// character takes one or two bytes of UTF-8.
enum ByteAlphabet {
    /// The character's code point for each byte.
    static let codePoints: [UInt32] = {
        var next: UInt32 = 0x100
        return (0..<256).map { (byte: UInt32) -> UInt32 in
            if (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte) {
                return byte
            }
            defer { next += 1 }
            return next
        }
    }()

    /// The byte for each code point below 0x144, or -1 where the code point is not in the alphabet.
    static let bytes: [Int16] = {
        var table = [Int16](repeating: -1, count: 0x144)
        for (byte, point) in codePoints.enumerated() { table[Int(point)] = Int16(byte) }
        return table
    }()

    /// The UTF-8 spelling of each byte: the first unit low, the second (or 0) high.
    static let spellings: [UInt16] = codePoints.map { point in
        point < 0x80 ? UInt16(point) : UInt16(0xC0 | point >> 6) | UInt16(0x80 | point & 0x3F) << 8
    }

    /// Spells bytes with the alphabet.
    static func spell(_ source: UnsafeBufferPointer<UInt8>, into result: inout [UInt8]) {
        spellings.withUnsafeBufferPointer { table in
            for byte in source {
                let unit = table[Int(byte)]
                result.append(UInt8(truncatingIfNeeded: unit))
                if unit > 0xFF { result.append(UInt8(unit >> 8)) }
            }
        }
    }

    /// The bytes that a token spells, or nil where one of its characters is not in the alphabet.
    static func unspell(_ token: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard let base = token.baseAddress else { return [] }
        var result: [UInt8] = []
        result.reserveCapacity(token.count)
        var cursor = 0
        while cursor < token.count {
            let (scalar, length) = CharacterCursor.decode(base + cursor)
            guard scalar < 0x144, bytes[Int(scalar)] >= 0 else { return nil }
            result.append(UInt8(bytes[Int(scalar)]))
            cursor += length
        }
        return result
    }
}
