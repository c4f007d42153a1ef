// SPDX-License-Identifier: Apache-2.0

/// Scales as float16, for packed matrices: zeros and normal numbers alone, which every level converts alike.
enum HalfScale {
    /// The least float32 that rounds to a normal float16, ties to even; from so much above it on they round to infinity.
    private static let least: UInt32 = 0x387F_F000
    private static let range: UInt32 = 0x477F_F000 - least

    /// The nearest float16 of a float32 that can be stored, ties to even.
    @inline(__always)
    static func nearest(_ bits: UInt32) -> UInt16 {
        let magnitude = bits & 0x7FFF_FFFF
        let rounded = (magnitude &+ 0xFFF &+ (magnitude >> 13 & 1)) >> 13 &- 112 << 10
        return UInt16(truncatingIfNeeded: bits >> 16 & 0x8000 | (magnitude == 0 ? 0 : rounded))
    }

    /// Whether all scales of a matrix can be stored so; `exactly` refuses those that would be rounded.
    static func canStore(_ scales: UnsafeRawBufferPointer, exactly: Bool) -> Bool {
        guard let base = scales.baseAddress else { return true }
        let inexact: UInt32 = exactly ? 0x1FFF : 0
        // Without a branch, so that it is compiled to vectors: nearly all matrices are read to the end.
        var refused: UInt32 = 0
        for index in 0..<scales.count / 4 {
            let bits = base.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self)
            let magnitude = bits & 0x7FFF_FFFF
            let isOutside: UInt32 = magnitude &- least < range ? 0 : 1
            let isNotZero: UInt32 = magnitude == 0 ? 0 : 1
            refused |= isOutside & isNotZero | bits & inexact
        }
        return refused == 0
    }
}
