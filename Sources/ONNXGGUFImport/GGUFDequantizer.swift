// SPDX-License-Identifier: Apache-2.0

/// Turns GGUF blocks into floats.
///
/// The formulas are those of `gguf.quants.dequantize`; the results are equal to the last bit.
package enum GGUFDequantizer {
    /// Decodes `count` elements, a multiple of the type's block length, from `source` into `target`.
    package static func decode(
        _ type: GGUFTensorType, _ source: UnsafeRawPointer, count: Int,
        into target: UnsafeMutablePointer<Float>
    ) {
        let step = type.blockLength
        var input = source
        var output = target
        for _ in 0..<(count / step) {
            block(type, input, output)
            input = input.advanced(by: type.blockByteCount)
            output = output.advanced(by: step)
        }
    }

    private static func block(
        _ type: GGUFTensorType, _ source: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>
    ) {
        switch type {
        case .f32: target[0] = source.loadUnaligned(as: Float.self)
        case .f16: target[0] = half(source, 0)
        case .bf16: target[0] = Float(bitPattern: UInt32(source.loadUnaligned(as: UInt16.self)) << 16)
        case .q40: nibbles(source, header: 2, high: nil, scale: half(source, 0), offset: 8, target)
        case .q41:
            nibbles(source, header: 4, high: nil, scale: half(source, 0), minimum: half(source, 2), target)
        case .q50: nibbles(source, header: 6, high: 2, scale: half(source, 0), offset: 16, target)
        case .q51:
            nibbles(source, header: 8, high: 4, scale: half(source, 0), minimum: half(source, 2), target)
        case .q80:
            let scale = half(source, 0)
            for index in 0..<32 { target[index] = scale * Float(signed(source, 2 + index)) }
        case .q4K: scaledNibbles(source, header: 16, hasHighBits: false, target)
        case .q5K: scaledNibbles(source, header: 48, hasHighBits: true, target)
        case .q6K: sixBits(source, target)
        }
    }

    /// 32 elements of 4 bits, low nibbles first, with a fifth bit each where `high` says where those bits are.
    private static func nibbles(
        _ source: UnsafeRawPointer, header: Int, high: Int?, scale: Float, offset: Int = 0,
        minimum: Float = 0, _ target: UnsafeMutablePointer<Float>
    ) {
        let bits = high.map { source.loadUnaligned(fromByteOffset: $0, as: UInt32.self) } ?? 0
        for index in 0..<16 {
            let byte = Int(unsigned(source, header + index))
            let low = (byte & 15) | Int((bits >> UInt32(index)) & 1) << 4
            let top = (byte >> 4) | Int((bits >> UInt32(index + 16)) & 1) << 4
            target[index] = scale * Float(low - offset) + minimum
            target[index + 16] = scale * Float(top - offset) + minimum
        }
    }

    /// 256 elements of 4 or 5 bits in eight groups, each with a 6-bit scale and a 6-bit minimum.
    private static func scaledNibbles(
        _ source: UnsafeRawPointer, header: Int, hasHighBits: Bool, _ target: UnsafeMutablePointer<Float>
    ) {
        let scale = half(source, 0)
        let minimumScale = half(source, 2)
        for group in 0..<8 {
            let (factor, minimum) = scaleAndMinimum(source, group)
            let multiplier = scale * Float(factor)
            let base = minimumScale * Float(minimum)
            for index in 0..<32 {
                let byte = unsigned(source, header + group / 2 * 32 + index)
                var value = group % 2 == 0 ? byte & 15 : byte >> 4
                if hasHighBits { value |= ((unsigned(source, 16 + index) >> UInt8(group)) & 1) << 4 }
                target[group * 32 + index] = multiplier * Float(value) - base
            }
        }
    }

    /// The scale and minimum of a group from the twelve bytes that pack eight pairs of 6 bits.
    private static func scaleAndMinimum(_ source: UnsafeRawPointer, _ group: Int) -> (UInt8, UInt8) {
        let packed = source.advanced(by: 4)
        if group < 4 { return (unsigned(packed, group) & 63, unsigned(packed, group + 4) & 63) }
        let low = unsigned(packed, group + 4)
        return (
            (low & 15) | (unsigned(packed, group - 4) >> 6) << 4,
            (low >> 4) | (unsigned(packed, group) >> 6) << 4
        )
    }

    /// 256 elements of 6 bits in sixteen groups, each with an 8-bit scale.
    private static func sixBits(_ source: UnsafeRawPointer, _ target: UnsafeMutablePointer<Float>) {
        let scale = half(source, 208)
        for part in 0..<2 {
            for quarter in 0..<4 {
                for index in 0..<32 {
                    let byte = unsigned(source, part * 64 + quarter % 2 * 32 + index)
                    let low = quarter < 2 ? byte & 15 : byte >> 4
                    let high = (unsigned(source, 128 + part * 32 + index) >> UInt8(2 * quarter)) & 3
                    let factor = signed(source, 192 + part * 8 + quarter * 2 + index / 16)
                    let value = Int(low | high << 4) - 32
                    target[part * 128 + quarter * 32 + index] = scale * Float(factor) * Float(value)
                }
            }
        }
    }

    private static func unsigned(_ source: UnsafeRawPointer, _ offset: Int) -> UInt8 {
        source.load(fromByteOffset: offset, as: UInt8.self)
    }

    private static func signed(_ source: UnsafeRawPointer, _ offset: Int) -> Int8 {
        source.load(fromByteOffset: offset, as: Int8.self)
    }

    private static func half(_ source: UnsafeRawPointer, _ offset: Int) -> Float {
        widen(source.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    /// The value of a float16's bits; written out because `Float16` is missing on some platforms.
    package static func widen(_ bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10) & 31
        let fraction = UInt32(bits & 0x3ff)
        switch exponent {
        case 0: return Float(bitPattern: sign | (Float(fraction) * 0x1p-24).bitPattern)
        case 31: return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
