// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors

/// The type of a tensor's elements; raw values are those of ONNX's `TensorProto.DataType`.
///
/// Source: <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>.
public enum ElementType: Int32, Sendable, Hashable, CaseIterable {
    case float32 = 1
    case uint8 = 2
    case int8 = 3
    case uint16 = 4
    case int16 = 5
    case int32 = 6
    case int64 = 7
    case string = 8
    case bool = 9
    case float16 = 10
    case float64 = 11
    case uint32 = 12
    case uint64 = 13
    case complex64 = 14
    case complex128 = 15
    case bfloat16 = 16
    case float8e4m3fn = 17
    case float8e4m3fnuz = 18
    case float8e5m2 = 19
    case float8e5m2fnuz = 20
    case uint4 = 21
    case int4 = 22
    case float4e2m1 = 23
    case float8e8m0 = 24
    case uint2 = 25
    case int2 = 26

    /// Bits that one element takes in memory; 0 for strings, which live outside the byte buffer.
    public var bitWidth: Int {
        switch self {
        case .string: 0
        case .uint2, .int2: 2
        case .uint4, .int4, .float4e2m1: 4
        case .uint8, .int8, .bool, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .float8e8m0:
            8
        case .uint16, .int16, .float16, .bfloat16: 16
        case .float32, .int32, .uint32: 32
        case .float64, .int64, .uint64, .complex64: 64
        case .complex128: 128
        }
    }

    /// Bytes that `count` elements take when packed as ONNX packs them: elements below 8 bits share bytes, low
    /// bits first, the last byte padded.
    ///
    /// - Throws: `tensor.overflow` when the product does not fit.
    public func byteCount(forElements count: Int) throws(ONNXError) -> Int {
        let (bits, overflow) = count.multipliedReportingOverflow(by: bitWidth)
        guard !overflow, count >= 0, bits <= Int.max - 7 else {
            throw ONNXError("tensor.overflow", "\(count) elements of \(self) do not fit in memory.")
        }
        return (bits + 7) / 8
    }

    /// The alignment in bytes that kernels expect of a buffer of this type.
    package var alignment: Int { Swift.max(1, Swift.min(8, bitWidth / 8)) }

    /// Whether this is a floating-point type of at least 16 bits.
    package var isFloatingPoint: Bool {
        switch self {
        case .float32, .float64, .float16, .bfloat16: true
        default: false
        }
    }
}

extension ElementType: CustomStringConvertible {
    /// The lower-case name that ONNX's type strings use: `float`, `int64`, `bfloat16` …
    public var description: String {
        switch self {
        case .float32: "float"
        case .float64: "double"
        case .uint8: "uint8"
        case .int8: "int8"
        case .uint16: "uint16"
        case .int16: "int16"
        case .int32: "int32"
        case .int64: "int64"
        case .string: "string"
        case .bool: "bool"
        case .float16: "float16"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .complex64: "complex64"
        case .complex128: "complex128"
        case .bfloat16: "bfloat16"
        case .float8e4m3fn: "float8e4m3fn"
        case .float8e4m3fnuz: "float8e4m3fnuz"
        case .float8e5m2: "float8e5m2"
        case .float8e5m2fnuz: "float8e5m2fnuz"
        case .uint4: "uint4"
        case .int4: "int4"
        case .float4e2m1: "float4e2m1"
        case .float8e8m0: "float8e8m0"
        case .uint2: "uint2"
        case .int2: "int2"
        }
    }
}
