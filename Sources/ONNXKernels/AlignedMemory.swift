// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Zeroed memory of its own, aligned to 64 bytes; large regions ask the system for large pages.
package final class AlignedMemory: @unchecked Sendable {
    // Safety: the pointer never changes; who writes through it keeps other threads away, as with any pointer.

    /// The first byte.
    package let base: UnsafeMutableRawPointer
    package let byteCount: Int

    /// - Throws: `memory.exhausted` if the system has not that much.
    package init(byteCount: Int) throws(ONNXError) {
        let largePage = 2 << 20
        let isLarge = byteCount >= 4 << 20
        var pointer: UnsafeMutableRawPointer?
        guard byteCount >= 0, byteCount <= Int.max / 2,
            posix_memalign(&pointer, isLarge ? largePage : 64, max(64, byteCount)) == 0, let pointer
        else {
            throw ONNXError(
                "memory.exhausted",
                "The system has no \(byteCount) bytes of memory; use a smaller model or context.")
        }
        #if os(Linux)
            if isLarge { madvise(pointer, byteCount, 14) }
        #endif
        memset(pointer, 0, max(64, byteCount))
        base = pointer
        self.byteCount = byteCount
    }

    deinit { free(base) }

    package var bytes: UnsafeMutableRawBufferPointer { .init(start: base, count: byteCount) }
}
