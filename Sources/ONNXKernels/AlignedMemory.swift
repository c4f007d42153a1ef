// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Zeroed memory of its own, aligned to 64 bytes.
///
/// Large regions come from the system in large pages and are zeroed where they are first touched, so by the threads
/// that fill them.
package final class AlignedMemory: @unchecked Sendable {
    // Safety: the pointer never changes; who writes through it keeps other threads away, as with any pointer.

    private static let largePageByteCount = 2 << 20

    /// The first byte.
    package let base: UnsafeMutableRawPointer
    package let byteCount: Int
    /// The whole of what was mapped; nil for memory from the heap.
    private let mapping: UnsafeMutableRawBufferPointer?

    /// - Throws: `memory.exhausted` if the system has not that much.
    package init(byteCount: Int) throws(ONNXError) {
        self.byteCount = byteCount
        guard byteCount < 2 * Self.largePageByteCount else {
            let mapped = try Self.map(byteCount)
            mapping = mapped
            let address = UInt(bitPattern: mapped.baseAddress)
            let mask = UInt(Self.largePageByteCount - 1)
            guard let base = UnsafeMutableRawPointer(bitPattern: (address + mask) & ~mask) else {
                throw Self.exhausted(byteCount)
            }
            self.base = base
            return
        }
        mapping = nil
        var pointer: UnsafeMutableRawPointer?
        guard byteCount >= 0, posix_memalign(&pointer, 64, max(64, byteCount)) == 0, let pointer else {
            throw Self.exhausted(byteCount)
        }
        memset(pointer, 0, max(64, byteCount))
        base = pointer
    }

    deinit {
        if let mapping {
            munmap(mapping.baseAddress, mapping.count)
        } else {
            free(base)
        }
    }

    package var bytes: UnsafeMutableRawBufferPointer { .init(start: base, count: byteCount) }

    /// Fresh memory with room for the region to begin at a large page.
    private static func map(_ byteCount: Int) throws(ONNXError) -> UnsafeMutableRawBufferPointer {
        guard byteCount <= Int.max / 2 else { throw exhausted(byteCount) }
        #if canImport(Darwin)
            let flags = MAP_PRIVATE | MAP_ANON
        #else
            let flags = MAP_PRIVATE | MAP_ANONYMOUS
        #endif
        let length = byteCount + largePageByteCount
        guard let address = mmap(nil, length, PROT_READ | PROT_WRITE, flags, -1, 0), address != MAP_FAILED
        else { throw exhausted(byteCount) }
        #if os(Linux)
            madvise(address, length, 14)  // MADV_HUGEPAGE, which not every libc names
        #endif
        return UnsafeMutableRawBufferPointer(start: address, count: length)
    }

    private static func exhausted(_ byteCount: Int) -> ONNXError {
        ONNXError(
            "memory.exhausted",
            "The system has no \(byteCount) bytes of memory; use a smaller model or context.")
    }
}
