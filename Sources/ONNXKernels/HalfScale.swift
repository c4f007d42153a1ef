// SPDX-License-Identifier: Apache-2.0

/// Scales as float16, for packed matrices: zeros and normal numbers alone, which every level converts alike.
enum HalfScale {
    /// The nearest float16 of a float32, ties to even; nil if it is subnormal, infinite or not a number.
    @inline(__always)
    static func nearest(bits: UInt32) -> UInt16? {
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let magnitude = bits & 0x7FFF_FFFF
        if magnitude == 0 { return sign }
        // Above 2^17 the sum would leave the range that is checked below; NaN and infinity are there too.
        guard magnitude >= 0x3800_0000, magnitude < 0x4800_0000 else { return nil }
        let rounded = (magnitude &+ 0xFFF &+ (magnitude >> 13 & 1)) >> 13 &- 112 << 10
        guard rounded >= 0x0400, rounded < 0x7C00 else { return nil }
        return sign | UInt16(truncatingIfNeeded: rounded)
    }

    /// Whether all scales of a matrix can be stored so; `exactly` refuses those that would be rounded.
    static func canStore(_ scales: UnsafeRawBufferPointer, exactly: Bool) -> Bool {
        for offset in stride(from: 0, to: scales.count, by: 4) {
            let bits = scales.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            guard nearest(bits: bits) != nil, !exactly || bits & 0x1FFF == 0 else { return false }
        }
        return true
    }
}
