// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXTensors

/// Elements of 2 or 4 bits, packed low bits first.
package enum PackedElements {
    /// The values that an integer of `bits` bits may have.
    package static func range(bits: Int, isSigned: Bool) -> ClosedRange<Int64> {
        isSigned ? -(1 << (bits - 1))...(1 << (bits - 1)) - 1 : 0...(1 << bits) - 1
    }

    /// The element at `index`.
    @inline(__always)
    package static func read(_ bytes: UnsafePointer<UInt8>, _ index: Int, bits: Int, isSigned: Bool) -> Int {
        let perByte = 8 / bits
        let byte = bytes[index / perByte]
        let field = (Int(byte) >> ((index % perByte) * bits)) & ((1 << bits) - 1)
        return isSigned && field >> (bits - 1) == 1 ? field - (1 << bits) : field
    }

    /// The fields of a packed tensor, one a byte, as unsigned bit patterns.
    package static func unpacked(_ tensor: Tensor) throws(ONNXError) -> Tensor {
        let bits = tensor.elementType.bitWidth
        let result = try Tensor(allocating: .uint8, tensor.shape)
        let from = tensor.pointer(to: UInt8.self)
        let to = result.mutablePointer(to: UInt8.self)
        for index in 0..<tensor.shape.elementCount {
            to[index] = UInt8(truncatingIfNeeded: read(from, index, bits: bits, isSigned: false))
        }
        return result
    }

    /// Packs the low bits of `fields`, one a byte, into `target`, which has as many elements.
    package static func pack(_ fields: Tensor, into target: Tensor) {
        let bits = target.elementType.bitWidth
        let perByte = 8 / bits
        let mask = (UInt8(1) << UInt8(bits)) - 1
        let from = fields.pointer(to: UInt8.self)
        let to = target.mutablePointer(to: UInt8.self)
        for byte in 0..<target.byteCount { to[byte] = 0 }
        for index in 0..<fields.shape.elementCount {
            to[index / perByte] |= (from[index] & mask) << UInt8((index % perByte) * bits)
        }
    }
}
