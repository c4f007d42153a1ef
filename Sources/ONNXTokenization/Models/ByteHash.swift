// SPDX-License-Identifier: Apache-2.0

/// A fast hash of bytes, seeded anew in each process.
enum ByteHash {
    private static let seed = UInt64.random(in: .min ... .max) | 1

    @inline(__always)
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var state = seed ^ UInt64(truncatingIfNeeded: bytes.count)
        guard let base = UnsafeRawPointer(bytes.baseAddress) else { return mix(state, 0) }
        var offset = 0
        let count = bytes.count
        while count - offset >= 8 {
            state = mix(state, base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var tail: UInt64 = 0
        if count - offset >= 4 {
            tail = UInt64(base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) << 32
            offset += 4
        }
        while offset < count {
            tail = tail << 8 | UInt64(base.load(fromByteOffset: offset, as: UInt8.self))
            offset += 1
        }
        return mix(state, tail)
    }

    /// A hash of two words.
    @inline(__always)
    static func hash(_ first: UInt64, _ second: UInt64) -> UInt64 { mix(mix(seed, first), second) }

    @inline(__always)
    static func hash(_ value: UInt64) -> UInt64 { mix(seed, value) }

    @inline(__always)
    private static func mix(_ state: UInt64, _ value: UInt64) -> UInt64 {
        let product = (state ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(
            by: value ^ seed ^ 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low ^ state
    }
}
