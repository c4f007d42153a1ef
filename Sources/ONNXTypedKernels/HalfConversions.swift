// SPDX-License-Identifier: Apache-2.0

/// The bits of the float16 nearest to `value`, ties to even.
@inline(__always)
package func float16Bits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let sign = UInt16(truncatingIfNeeded: (bits >> 16) & 0x8000)
    let magnitude = bits & 0x7fff_ffff
    if magnitude >= 0x7f80_0000 { return magnitude > 0x7f80_0000 ? sign | 0x7e00 : sign | 0x7c00 }
    if magnitude >= 0x4780_0000 { return sign | 0x7c00 }
    if magnitude < 0x3880_0000 {
        // Adding 2^23 rounds to an integer, ties to even.
        let scaled = Float(bitPattern: magnitude) * 16_777_216
        let shifted = scaled + 8_388_608
        return sign | UInt16(truncatingIfNeeded: shifted.bitPattern & 0xffff)
    }
    let rounded = magnitude &+ 0x0fff &+ ((magnitude >> 13) & 1)
    return sign | UInt16(truncatingIfNeeded: (rounded &- 0x3800_0000) >> 13)
}

/// The value of a float16.
@inline(__always)
package func float(fromFloat16Bits bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let magnitude = UInt32(bits & 0x7fff)
    if magnitude >= 0x7c00 { return Float(bitPattern: sign | 0x7f80_0000 | ((magnitude & 0x3ff) << 13)) }
    if magnitude >= 0x0400 { return Float(bitPattern: sign | ((magnitude << 13) &+ 0x3800_0000)) }
    let subnormal = Float(magnitude) * 0x1p-24
    return Float(bitPattern: sign | subnormal.bitPattern)
}

/// The bits of the bfloat16 nearest to `value`, ties to even.
@inline(__always)
package func bfloat16Bits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value != value { return UInt16(truncatingIfNeeded: bits >> 16) | 0x0040 }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ ((bits >> 16) & 1)) >> 16)
}

/// The value of a bfloat16.
@inline(__always)
package func float(fromBFloat16Bits bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

/// `value` rounded so that a second rounding to a narrower format gives what one rounding would have given.
@inline(__always)
func floatRoundedToOdd(_ value: Double) -> Float {
    let nearest = Float(value)
    let back = Double(nearest)
    if nearest == 0, value != 0 { return value < 0 ? -Float.leastNonzeroMagnitude : .leastNonzeroMagnitude }
    guard back != value, nearest.isFinite, nearest.bitPattern & 1 == 0 else { return nearest }
    let towardZero = (back > value) == (back > 0)
    return Float(bitPattern: towardZero ? nearest.bitPattern &- 1 : nearest.bitPattern &+ 1)
}
