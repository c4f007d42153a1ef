// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Memory for files and tables of many megabytes, in large pages where the system gives them.
///
/// Tables that are read here and there miss the processor's table of pages at almost every look-up otherwise.
package enum LargeMemory {
    private static let pageBytes = 2 << 20

    /// Room for elements that are not initialised. Ends the process when there is none, as Swift's own allocation does.
    ///
    /// Give it back with ``free(_:)``.
    package static func allocate<T: BitwiseCopyable>(_ type: T.Type, count: Int) -> UnsafeMutablePointer<T> {
        let byteCount = max(1, count * MemoryLayout<T>.stride)
        let isLarge = byteCount >= pageBytes
        var address: UnsafeMutableRawPointer?
        let failure = posix_memalign(&address, isLarge ? pageBytes : 64, byteCount)
        guard failure == 0, let address else {
            preconditionFailure("no memory for \(byteCount) bytes")
        }
        #if !canImport(Darwin)
            if isLarge {
                madvise(address, byteCount, 14)  // MADV_HUGEPAGE, which not every libc names
            }
        #endif
        return address.bindMemory(to: type, capacity: count)
    }

    package static func free(_ pointer: UnsafeMutableRawPointer) {
        #if canImport(Glibc)
            Glibc.free(pointer)
        #elseif canImport(Musl)
            Musl.free(pointer)
        #else
            Darwin.free(pointer)
        #endif
    }
}
