// SPDX-License-Identifier: Apache-2.0

/// The 32 values of one column of a unit, as `onnxlm_panel_layout` has them: four inputs lie together, 32 bytes before the
/// next four.
struct UnitColumn {
    /// The first four inputs.
    let start: UnsafeMutableRawPointer

    /// Writes consecutive values of 4 bits, the first in the low half of the first of 16 bytes.
    @inline(__always)
    func write4(_ values: UnsafeRawPointer) {
        // Sixteen inputs, then those that come to lie in the high halves of their bytes.
        let low = values.loadUnaligned(as: UInt64.self)
        let high = values.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        let lowHalves: UInt64 = 0x0F0F_0F0F_0F0F_0F0F
        var bytes = SIMD16<UInt8>()
        bytes.evenHalf = unsafeBitCast(low & lowHalves | (high & lowHalves) << 4, to: SIMD8<UInt8>.self)
        bytes.oddHalf = unsafeBitCast((low >> 4) & lowHalves | high & ~lowHalves, to: SIMD8<UInt8>.self)
        let quads = unsafeBitCast(bytes, to: SIMD4<UInt32>.self)
        for quad in 0..<4 { start.storeBytes(of: quads[quad], toByteOffset: quad &* 32, as: UInt32.self) }
    }

    /// Writes consecutive values of 8 bits.
    @inline(__always)
    func write8(_ values: UnsafeRawPointer) {
        for quad in 0..<8 {
            let word = values.loadUnaligned(fromByteOffset: quad &* 4, as: UInt32.self) ^ 0x8080_8080
            start.storeBytes(of: word, toByteOffset: quad &* 32, as: UInt32.self)
        }
    }

    /// Writes one value over zeros.
    @inline(__always)
    func write(_ value: UInt8, bits: Int, at input: Int) {
        if bits == 8 {
            start.storeBytes(of: value ^ 0x80, toByteOffset: input / 4 * 32 + input % 4, as: UInt8.self)
            return
        }
        let offset = input % 16 / 4 * 32 + input % 4
        let byte = start.load(fromByteOffset: offset, as: UInt8.self)
        start.storeBytes(of: byte | (input < 16 ? value : value << 4), toByteOffset: offset, as: UInt8.self)
    }
}
