// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

extension TypedKernels {
    /// 0 where a bool mask is true and −∞ where it is false, as float32 or float64.
    package static func additiveMask(_ mask: Tensor, type: ElementType) throws(ONNXError) -> Tensor {
        let result = try Tensor(allocating: type, mask.shape)
        let from = mask.pointer(to: UInt8.self)
        for i in 0..<mask.shape.elementCount {
            if type == .float64 {
                result.mutablePointer(to: Double.self)[i] = from[i] != 0 ? 0 : -.infinity
            } else {
                result.mutablePointer(to: Float.self)[i] = from[i] != 0 ? 0 : -.infinity
            }
        }
        return result
    }

    /// Fills `output` `[batches, heads, totalRows, size]` with the rows of `old` (`[batches, heads, pastRows, size]`)
    /// and after them those of `new`.
    package static func appendRows(
        _ old: Tensor?, _ new: Tensor, newLayout: HeadLayout, heads: Int, pastRows: Int, totalRows: Int,
        size: Int, batches: Int, into output: Tensor
    ) {
        let width = new.elementType.bitWidth / 8
        let rowBytes = size * width
        for batch in 0..<batches {
            for head in 0..<heads {
                let index = batch * heads + head
                let target = output.mutableBaseAddress.advanced(by: index * totalRows * rowBytes)
                if let old {
                    target.copyMemory(
                        from: old.baseAddress.advanced(by: index * pastRows * rowBytes),
                        byteCount: pastRows * rowBytes)
                }
                let start = batch * newLayout.batchStride + head * newLayout.headStride
                copyBlocks(
                    from: new.baseAddress.advanced(by: start * width), stride: newLayout.rowStride * width,
                    to: target.advanced(by: pastRows * rowBytes), stride: rowBytes, byteCount: rowBytes,
                    count: totalRows - pastRows)
            }
        }
    }

    /// A pool without threads of its own, for conversions of single values.
    package static func serialWorkers() throws(ONNXError) -> WorkerPool { try WorkerPool(threadCount: 1) }
}
