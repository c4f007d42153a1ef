// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

extension TypedKernels {
    /// Element types that ``convert(_:into:workers:)`` reads and writes.
    package static let convertibleTypes: Set<ElementType> = [
        .float32, .float64, .float16, .bfloat16, .bool, .int8, .int16, .int32, .int64, .uint8, .uint16,
        .uint32, .uint64, .int4, .uint4, .int2, .uint2, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2,
        .float8e5m2fnuz, .float8e8m0, .float4e2m1,
    ]

    /// Converts every element of `source` to the type of `target`, which has as many elements.
    ///
    /// Floating point to integer truncates and saturates, NaN gives 0; to integers below 8 bits, and from integer to
    /// integer, the low bits are kept; anything but zero is true; floating point rounds to nearest, ties to even.
    ///
    /// - Parameter rounding: how values are brought to floating-point types of 8 bits or fewer.
    /// - Throws: `tensor.dtype_unsupported`.
    package static func convert(
        _ source: Tensor, into target: Tensor, rounding: SmallFloatRounding = .init(), workers: WorkerPool
    ) throws(ONNXError) {
        let count = min(source.shape.elementCount, target.shape.elementCount)
        if source.elementType == target.elementType {
            target.mutableBaseAddress.copyMemory(from: source.baseAddress, byteCount: target.byteCount)
            return
        }
        guard convertibleTypes.contains(source.elementType) else {
            throw unsupported(source.elementType, in: "Conversion")
        }
        guard convertibleTypes.contains(target.elementType) else {
            throw unsupported(target.elementType, in: "Conversion")
        }
        if convertHalf(source, into: target, count: count, workers: workers) { return }
        // Chunks begin at multiples of 512 elements, so packed types begin at whole bytes.
        let chunk = 512
        let chunkCount = (count + chunk - 1) / chunk
        inParallel(workers, count: chunkCount, grain: 32) { range in
            withUnsafeTemporaryAllocation(of: Int64.self, capacity: chunk) { integers in
                withUnsafeTemporaryAllocation(of: Double.self, capacity: chunk) { doubles in
                    guard let integers = integers.baseAddress, let doubles = doubles.baseAddress else {
                        return
                    }
                    let buffers = WideBuffers(integers: integers, doubles: doubles, rounding: rounding)
                    for index in range {
                        let start = index * chunk
                        let length = min(chunk, count - start)
                        let kind = buffers.decode(source, from: start, count: length)
                        buffers.encode(kind, into: target, from: start, count: length)
                    }
                }
            }
        }
    }

    /// A new tensor of the same shape with the elements converted.
    package static func converted(
        _ source: Tensor, to type: ElementType, workers: WorkerPool
    ) throws(ONNXError) -> Tensor {
        let target = try Tensor(allocating: type, source.shape)
        try convert(source, into: target, workers: workers)
        return target
    }

    /// The conversions between float32 and the 16-bit formats, straight; false for any other pair.
    private static func convertHalf(
        _ source: Tensor, into target: Tensor, count: Int, workers: WorkerPool
    ) -> Bool {
        switch (source.elementType, target.elementType) {
        case (.float16, .float32), (.bfloat16, .float32):
            RowKernels.convert(
                source.pointer(to: UInt16.self), as: source.elementType == .float16 ? .float16 : .bfloat16,
                into: target.mutablePointer(to: Float.self), count: count, workers: workers)
        case (.float32, .float16), (.float32, .bfloat16):
            RowKernels.convert(
                source.pointer(to: Float.self), into: target.mutablePointer(to: UInt16.self),
                as: target.elementType == .float16 ? .float16 : .bfloat16, count: count, workers: workers)
        default: return false
        }
        return true
    }
}
