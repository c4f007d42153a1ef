// SPDX-License-Identifier: Apache-2.0
package import ONNXTensors

extension Set<ElementType> {
    /// float16, bfloat16, float and double.
    package static let floats: Set<ElementType> = [.float32, .float64, .float16, .bfloat16]
    /// Signed and unsigned integers of 8 to 64 bits.
    package static let integers: Set<ElementType> = [
        .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64,
    ]
    /// ``floats`` and ``integers``.
    package static let numbers: Set<ElementType> = floats.union(integers)
    /// int32 and int64, the types of indices.
    package static let indices: Set<ElementType> = [.int32, .int64]
    /// Floating-point types of 4 and 8 bits that tensors are quantized to.
    package static let quantizedFloats: Set<ElementType> = [
        .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .float4e2m1,
    ]
    /// bool alone.
    package static let bool: Set<ElementType> = [.bool]
    /// Whatever lies in bytes: every type but strings.
    package static let movable: Set<ElementType> = Set(ElementType.allCases).subtracting([.string])
}
