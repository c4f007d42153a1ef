// SPDX-License-Identifier: Apache-2.0

/// The check that a name is UTF-8 and, because C strings end there, holds no NUL.
enum UTF8Check {
    enum Verdict: Equatable {
        case valid
        /// Offset of the first byte of the sequence that is not UTF-8.
        case malformed(Int)
        /// Offset of the first NUL.
        case null(Int)
    }

    /// Checks `bytes` in one pass.
    static func check(_ bytes: UnsafeRawBufferPointer, allowsNull: Bool = false) -> Verdict {
        var index = 0
        while index < bytes.count {
            // Eight bytes at once while all are ASCII and none is NUL.
            while bytes.count - index >= 8 {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                let hasHighBit = word & 0x8080_8080_8080_8080
                let hasLowByte = word.subtractingReportingOverflow(0x0101_0101_0101_0101)
                guard hasHighBit == 0, !hasLowByte.overflow,
                    hasLowByte.partialValue & 0x8080_8080_8080_8080 == 0
                else { break }
                index += 8
            }
            guard index < bytes.count else { break }
            let lead = bytes[index]
            if lead == 0, !allowsNull { return .null(index) }
            if lead < 0x80 {
                index += 1
                continue
            }
            let length: Int
            // The second byte is what rules out overlong forms, surrogates and values above U+10FFFF.
            let second: ClosedRange<UInt8>
            switch lead {
            case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
            case 0xE0: (length, second) = (3, 0xA0...0xBF)
            case 0xED: (length, second) = (3, 0x80...0x9F)
            case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
            case 0xF0: (length, second) = (4, 0x90...0xBF)
            case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
            case 0xF4: (length, second) = (4, 0x80...0x8F)
            default: return .malformed(index)
            }
            guard index + length <= bytes.count, second.contains(bytes[index + 1]) else {
                return .malformed(index)
            }
            for offset in 2..<max(2, length) where bytes[index + offset] & 0xC0 != 0x80 {
                return .malformed(index)
            }
            index += length
        }
        return .valid
    }
}
