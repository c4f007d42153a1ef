// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import CONNXKernelABI

/// float16 to float32, exact.
@c(onnxlm_convert_f16_f32_reference)
package func convert_f16_f32_reference(_ args: UnsafePointer<onnxlm_convert_args>) {
    let a = args.pointee
    let source = a.source.assumingMemoryBound(to: UInt16.self)
    let destination = a.destination.assumingMemoryBound(to: Float.self)
    for i in 0..<Int(a.count) { destination[i] = float(fromHalfBits: source[i]) }
}

/// float32 to float16, to nearest even; too large becomes infinite, NaN stays NaN.
@c(onnxlm_convert_f32_f16_reference)
package func convert_f32_f16_reference(_ args: UnsafePointer<onnxlm_convert_args>) {
    let a = args.pointee
    let source = a.source.assumingMemoryBound(to: Float.self)
    let destination = a.destination.assumingMemoryBound(to: UInt16.self)
    for i in 0..<Int(a.count) { destination[i] = halfBits(from: source[i]) }
}

/// bfloat16 to float32, exact.
@c(onnxlm_convert_bf16_f32_reference)
package func convert_bf16_f32_reference(_ args: UnsafePointer<onnxlm_convert_args>) {
    let a = args.pointee
    let source = a.source.assumingMemoryBound(to: UInt16.self)
    let destination = a.destination.assumingMemoryBound(to: UInt32.self)
    for i in 0..<Int(a.count) { destination[i] = UInt32(source[i]) << 16 }
}

/// float32 to bfloat16, to nearest even; NaN stays NaN.
@c(onnxlm_convert_f32_bf16_reference)
package func convert_f32_bf16_reference(_ args: UnsafePointer<onnxlm_convert_args>) {
    let a = args.pointee
    let source = a.source.assumingMemoryBound(to: UInt32.self)
    let destination = a.destination.assumingMemoryBound(to: UInt16.self)
    for i in 0..<Int(a.count) { destination[i] = bfloat16Bits(fromBits: source[i]) }
}

@inline(__always)
func bfloat16Bits(fromBits bits: UInt32) -> UInt16 {
    if bits & 0x7FFF_FFFF > 0x7F80_0000 { return UInt16(truncatingIfNeeded: bits >> 16) | 0x0040 }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
}

@inline(__always)
func float(fromHalfBits bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1F)
    let fraction = UInt32(bits & 0x3FF)
    if exponent == 0x1F {
        let quiet: UInt32 = fraction == 0 ? 0 : 0x0040_0000
        return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13 | quiet)
    }
    if exponent == 0 {
        let magnitude = Float(fraction) * Float(sign: .plus, exponent: -24, significand: 1)
        return Float(bitPattern: magnitude.bitPattern | sign)
    }
    return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
}

@inline(__always)
func halfBits(from value: Float) -> UInt16 {
    let bits = value.bitPattern
    let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
    let magnitude = bits & 0x7FFF_FFFF
    if magnitude > 0x7F80_0000 {
        return sign | 0x7E00 | UInt16(truncatingIfNeeded: magnitude >> 13) & 0x3FF
    }
    if magnitude >= 0x4780_0000 { return sign | 0x7C00 }
    if magnitude < 0x3880_0000 {
        // Adding 0.5 leaves the subnormal's units in the low bits, rounded to nearest even by the addition.
        let rounded = Float(bitPattern: magnitude) + 0.5
        return sign | UInt16(truncatingIfNeeded: rounded.bitPattern &- 0x3F00_0000)
    }
    let rounded = magnitude &+ 0xFFF &+ (magnitude >> 13 & 1)
    return sign | UInt16(truncatingIfNeeded: (rounded &- 0x3800_0000) >> 13)
}
