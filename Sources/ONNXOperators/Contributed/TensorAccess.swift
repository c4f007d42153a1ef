// SPDX-License-Identifier: Apache-2.0
import ONNXTensors

extension Tensor {
    /// Type and shape without the elements.
    var type: TensorType { TensorType(elementType, shape) }

    /// The elements of a float32 tensor, for a kernel; valid while the tensor is kept alive.
    var floats: UnsafePointer<Float> { baseAddress.assumingMemoryBound(to: Float.self) }

    /// The elements of a float32 output, for a kernel to write.
    var mutableFloats: UnsafeMutablePointer<Float> { mutableBaseAddress.assumingMemoryBound(to: Float.self) }

    /// The elements as bytes; valid while the tensor is kept alive.
    var rawBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: baseAddress, count: byteCount) }
}

extension Tensor {
    /// An element of an int32 tensor; the index is within its element count.
    func int32(at index: Int) -> Int { Int(baseAddress.load(fromByteOffset: index * 4, as: Int32.self)) }

    /// An element of an int64 tensor; the index is within its element count.
    func int64(at index: Int) -> Int { Int(baseAddress.load(fromByteOffset: index * 8, as: Int64.self)) }
}
