// SPDX-License-Identifier: Apache-2.0

/// A sum of 64 bits over bytes, made for finding damage at the speed of memory, not for withstanding forgery.
///
/// Eight lanes take a word each in turn; each step maps a lane's state one to one, so a change within one word is
/// always found.
struct PackCacheChecksum {
    private static let prime: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let blockByteCount = 64

    private var lanes = SIMD8<UInt64>(1, 2, 3, 4, 5, 6, 7, 8)
    private var byteCount = 0

    /// The sum of one region.
    static func sum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var checksum = PackCacheChecksum()
        checksum.add(bytes)
        return checksum.value
    }

    /// Adds bytes; all pieces but the last must be multiples of 64 bytes.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        let whole = bytes.count / Self.blockByteCount * Self.blockByteCount
        byteCount &+= bytes.count
        guard let base = bytes.baseAddress else { return }
        var (a, b, c, d) = (lanes[0], lanes[1], lanes[2], lanes[3])
        var (e, f, g, h) = (lanes[4], lanes[5], lanes[6], lanes[7])
        var position = base
        let end = base + whole
        while position < end {
            a = Self.step(a, position, 0)
            b = Self.step(b, position, 8)
            c = Self.step(c, position, 16)
            d = Self.step(d, position, 24)
            e = Self.step(e, position, 32)
            f = Self.step(f, position, 40)
            g = Self.step(g, position, 48)
            h = Self.step(h, position, 56)
            position += Self.blockByteCount
        }
        lanes = SIMD8(a, b, c, d, e, f, g, h)
        for index in whole..<bytes.count {
            let lane = index % 8
            lanes[lane] = Self.mixed(lanes[lane] ^ UInt64(bytes[index]))
        }
    }

    /// The sum of what was added.
    var value: UInt64 {
        var result = UInt64(truncatingIfNeeded: byteCount)
        for lane in 0..<8 { result = Self.mixed(result ^ lanes[lane]) }
        return Self.mixed(result)
    }

    @inline(__always)
    private static func step(_ lane: UInt64, _ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
        mixed(lane ^ UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }

    @inline(__always)
    private static func mixed(_ word: UInt64) -> UInt64 {
        let product = word &* prime
        return product << 29 | product >> 35
    }
}
