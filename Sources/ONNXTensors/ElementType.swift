// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors

/// The type of a tensor's elements; raw values are those of ONNX's `TensorProto.DataType`.
///
/// Source: <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>.
///
/// A program that hands tensors on names their types in its own terms, here NumPy's:
///
///     func numpyName(_ type: ElementType) -> String? {
///         switch type {
///         case .float16, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .bool,
///             .complex64, .complex128:
///             type.description
///         case .float32: "float32"
///         case .float64: "float64"
///         case .string: "object"
///         case .bfloat16, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .float8e8m0,
///             .float4e2m1, .int4, .uint4, .int2, .uint2:
///             nil
///         }
///     }
///     print(numpyName(.float32) ?? "none")  // float32
///     print(ElementType.int4.bitWidth)  // 4
public enum ElementType: Int32, Sendable, Hashable, CaseIterable {
    /// IEEE 754, 32 bits.
    case float32 = 1
    /// Unsigned, 8 bits.
    case uint8 = 2
    /// Signed, 8 bits.
    case int8 = 3
    /// Unsigned, 16 bits.
    case uint16 = 4
    /// Signed, 16 bits.
    case int16 = 5
    /// Signed, 32 bits.
    case int32 = 6
    /// Signed, 64 bits.
    case int64 = 7
    /// Texts.
    case string = 8
    /// One byte, 0 or 1.
    case bool = 9
    /// IEEE 754, 16 bits.
    case float16 = 10
    /// IEEE 754, 64 bits.
    case float64 = 11
    /// Unsigned, 32 bits.
    case uint32 = 12
    /// Unsigned, 64 bits.
    case uint64 = 13
    /// Two `float32`.
    case complex64 = 14
    /// Two `float64`.
    case complex128 = 15
    /// The upper half of a `float32`.
    case bfloat16 = 16
    /// 8 bits: 4 of exponent, 3 of fraction, no infinities.
    case float8e4m3fn = 17
    /// As `float8e4m3fn`, without a negative zero.
    case float8e4m3fnuz = 18
    /// 8 bits: 5 of exponent, 2 of fraction.
    case float8e5m2 = 19
    /// As `float8e5m2`, without infinities and a negative zero.
    case float8e5m2fnuz = 20
    /// Unsigned, 4 bits.
    case uint4 = 21
    /// Signed, 4 bits.
    case int4 = 22
    /// 4 bits: 2 of exponent, 1 of fraction.
    case float4e2m1 = 23
    /// 8 bits of exponent: powers of two.
    case float8e8m0 = 24
    /// Unsigned, 2 bits.
    case uint2 = 25
    /// Signed, 2 bits.
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
    ///     print(try ElementType.int4.byteCount(forElements: 5))  // 3
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
