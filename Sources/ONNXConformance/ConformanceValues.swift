// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// Elements of any type as doubles, for comparison.
enum ConformanceValues {
    static func doubles(_ tensor: Tensor) throws(ONNXError) -> [Double] {
        let count = tensor.shape.elementCount
        switch tensor.elementType {
        case .float32: return try tensor.values(as: Float.self).map(Double.init)
        case .float64: return try tensor.values(as: Double.self)
        case .int64: return try tensor.values(as: Int64.self).map(Double.init)
        case .uint64: return try tensor.values(as: UInt64.self).map(Double.init)
        case .bool: return bytes(tensor).map { $0 == 0 ? 0 : 1 }
        case .float16: return halves(tensor).map(half)
        case .bfloat16: return halves(tensor).map { Double(Float(bitPattern: UInt32($0) << 16)) }
        case .int4, .uint4, .int2, .uint2:
            let width = tensor.elementType.bitWidth
            let bytes = bytes(tensor)
            let isSigned = tensor.elementType == .int4 || tensor.elementType == .int2
            return (0..<count).map { index in
                let bit = index * width
                let value = Int(bytes[bit / 8] >> UInt8(bit % 8)) & (1 << width - 1)
                return Double(isSigned && value >= 1 << (width - 1) ? value - 1 << width : value)
            }
        case .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .float8e8m0, .float4e2m1:
            return bytes(tensor).map(Double.init)
        default: return try tensor.integers().map(Double.init)
        }
    }

    private static func bytes(_ tensor: Tensor) -> [UInt8] { tensor.withUnsafeBytes { Array($0) } }

    private static func halves(_ tensor: Tensor) -> [UInt16] {
        tensor.withUnsafeBytes { bytes in
            (0..<tensor.shape.elementCount).map {
                bytes.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self)
            }
        }
    }

    private static func half(_ bits: UInt16) -> Double {
        let sign = bits >> 15 == 0 ? 1.0 : -1.0
        let exponent = Int(bits >> 10) & 31
        let fraction = Double(bits & 1023)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default:
            return sign * (1 + fraction / 1024) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
        }
    }
}
