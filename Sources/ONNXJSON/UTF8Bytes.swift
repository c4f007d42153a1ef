// SPDX-License-Identifier: Apache-2.0

/// The rules of well-formed UTF-8 over raw bytes.
package enum UTF8Bytes {
    /// The length of the well-formed character at `bytes`, or 0 where there is none in `available` bytes.
    package static func wellFormedLength(_ bytes: UnsafePointer<UInt8>, available: Int) -> Int {
        guard available > 0 else { return 0 }
        let first = bytes[0]
        if first < 0x80 { return 1 }
        if first < 0xC2 || first > 0xF4 { return 0 }
        guard available > 1 else { return 0 }
        let second = bytes[1]
        if first < 0xE0 { return second & 0xC0 == 0x80 ? 2 : 0 }
        guard second >= secondMinimum(first), second <= secondMaximum(first) else { return 0 }
        guard available > 2, bytes[2] & 0xC0 == 0x80 else { return 0 }
        if first < 0xF0 { return 3 }
        guard available > 3, bytes[3] & 0xC0 == 0x80 else { return 0 }
        return 4
    }

    /// The length of the longest beginning of a character at `bytes` that more bytes could complete, when all of
    /// `available` belongs to it; 0 where the bytes are a whole character or cannot begin one.
    package static func incompletePrefixLength(_ bytes: UnsafePointer<UInt8>, available: Int) -> Int {
        guard available > 0, available < 4 else { return 0 }
        let first = bytes[0]
        guard first >= 0xC2, first <= 0xF4 else { return 0 }
        let needed = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard available < needed else { return 0 }
        if available > 1 {
            guard bytes[1] >= secondMinimum(first), bytes[1] <= secondMaximum(first) else { return 0 }
        }
        if available > 2 {
            guard bytes[2] & 0xC0 == 0x80 else { return 0 }
        }
        return available
    }

    private static func secondMinimum(_ first: UInt8) -> UInt8 {
        switch first {
        case 0xE0: 0xA0
        case 0xF0: 0x90
        default: 0x80
        }
    }

    private static func secondMaximum(_ first: UInt8) -> UInt8 {
        switch first {
        case 0xED: 0x9F
        case 0xF4: 0x8F
        default: 0xBF
        }
    }
}
