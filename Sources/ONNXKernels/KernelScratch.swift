// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

/// Memory that kernels use during one call; owned by one session and kept between calls so that a token costs no
/// allocation. Not for use by two threads at once.
package final class KernelScratch {
    private var memory: AlignedMemory?

    /// Quantised activations for products that are not given any.
    package let activations = QuantizedActivations()

    /// Those of a product that reads what other products gave.
    let innerActivations = QuantizedActivations()

    package init() {}

    /// At least `byteCount` bytes, 64-byte aligned, whose contents are whatever the last call left.
    package func reserve(byteCount: Int) throws(ONNXError) -> UnsafeMutableRawPointer {
        if let memory, memory.byteCount >= byteCount { return memory.base }
        memory = nil
        let grown = try AlignedMemory(byteCount: byteCount)
        memory = grown
        return grown.base
    }
}
