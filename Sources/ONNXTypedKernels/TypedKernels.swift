// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// Kernels over every element type of ONNX, in plain Swift, specialised inside this module.
///
/// Callers have checked types and shapes; a kernel throws only for what depends on element values.
package enum TypedKernels {
    /// Elements below which a piece of work is not worth another thread.
    static let parallelGrain = 16_384

    /// Calls `body` with ranges that cover `0..<count`, on several threads where each gets `grain` items at least.
    ///
    /// The ranges must be independent of each other: no result may depend on how the count is cut.
    @inline(__always)
    static func inParallel(
        _ workers: WorkerPool, count: Int, grain: Int = parallelGrain, _ body: (Range<Int>) -> Void
    ) {
        let parts = min(workers.threadCount, count / max(1, grain))
        guard parts > 1 else {
            if count > 0 { body(0..<count) }
            return
        }
        let size = (count + parts - 1) / parts
        workers.run(count: parts) { part in
            let start = min(count, part * size)
            let end = min(count, start + size)
            if start < end { body(start..<end) }
        }
    }

    /// The error for an element type that a kernel is not written for.
    static func unsupported(_ type: ElementType, in kernel: String) -> ONNXError {
        ONNXError("tensor.dtype_unsupported", "\(kernel) has no form for elements of type \(type).")
    }
}

extension Tensor {
    /// The elements, for reading.
    @inline(__always)
    func pointer<Element>(to type: Element.Type) -> UnsafePointer<Element> {
        baseAddress.assumingMemoryBound(to: type)
    }

    /// The elements, for whoever fills the tensor.
    @inline(__always)
    func mutablePointer<Element>(to type: Element.Type) -> UnsafeMutablePointer<Element> {
        mutableBaseAddress.assumingMemoryBound(to: type)
    }
}
