// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors

extension Tensor {
    /// A tensor of float16 or bfloat16 (or float32) with `values` rounded to the nearest of that type, ties to even.
    ///
    ///     let x = try Tensor([0.1, 0.2], roundedTo: .float16, shape: [1, 2])
    ///     print(x, x.byteCount)  // float16[1, 2] 4
    ///
    /// - Throws: `tensor.size` when the counts differ, `tensor.dtype` for another type.
    public init(_ values: [Float], roundedTo type: ElementType, shape: [Int]) throws(ONNXError) {
        switch type {
        case .float32: try self.init(values, shape: shape)
        case .float16:
            let bits = try Tensor(values.map { Self.float16Bits($0) }, shape: shape)
            try self.init(type, bits.shape, storage: bits.storage)
        case .bfloat16:
            let bits = try Tensor(values.map { Self.bfloat16Bits($0) }, shape: shape)
            try self.init(type, bits.shape, storage: bits.storage)
        default:
            throw ONNXError(
                "tensor.dtype", "Numbers can be rounded to float32, float16 and bfloat16, not to \(type).")
        }
    }

    /// A copy of the elements of a float32, float16 or bfloat16 tensor, the latter two widened, which loses nothing.
    ///
    ///     let half = try Tensor([0.5, 2], roundedTo: .bfloat16, shape: [2])
    ///     print(try half.floatValues())  // [0.5, 2.0]
    ///
    /// - Throws: `tensor.dtype` when the tensor holds another type.
    public func floatValues() throws(ONNXError) -> [Float] {
        switch elementType {
        case .float32: return try values(as: Float.self)
        case .float16: return halves().map { Self.float($0) }
        case .bfloat16: return halves().map { Float(bitPattern: UInt32($0) << 16) }
        default:
            throw ONNXError(
                "tensor.dtype", "The tensor holds \(elementType), not float32, float16 or bfloat16.")
        }
    }

    private func halves() -> [UInt16] {
        withUnsafeBytes { bytes in
            (0..<shape.elementCount).map { bytes.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self) }
        }
    }

    private static func float(_ half: UInt16) -> Float {
        let sign: Float = half & 0x8000 == 0 ? 1 : -1
        let exponent = Int(half >> 10 & 0x1F)
        let fraction = half & 0x3FF
        if exponent == 0x1F {
            return Float(bitPattern: UInt32(half & 0x8000) << 16 | 0x7F80_0000 | UInt32(fraction) << 13)
        }
        if exponent == 0 { return sign * Float(fraction) * 0x1p-24 }
        return Float(
            bitPattern: UInt32(half & 0x8000) << 16 | UInt32(exponent + 112) << 23 | UInt32(fraction) << 13)
    }

    private static func float16Bits(_ value: Float) -> UInt16 {
        let sign = UInt16(value.bitPattern >> 16) & 0x8000
        let magnitude = value.magnitude
        if value.isNaN { return sign | 0x7E00 }
        // Half of the last step above the largest number.
        if magnitude >= 65520 { return sign | 0x7C00 }
        if magnitude < 0x1p-14 {
            return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven))
        }
        let bits = magnitude.bitPattern
        let rounded = bits + 0xFFF + (bits >> 13 & 1)
        return sign | UInt16((rounded >> 13) - (112 << 10))
    }

    private static func bfloat16Bits(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(bits >> 16) | 0x40 }
        return UInt16((bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }
}
