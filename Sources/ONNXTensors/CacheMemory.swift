// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Where a session's caches lie: of a long context side by side, so that small ones fill large pages together. Of a short
/// one most of a large page would be cleared in vain.
// Safety: owned by one session, which runs one step at a time.
package final class CacheMemory: @unchecked Sendable {
    /// A part of some memory, which lives as long as any of its parts is held.
    struct Part {
        fileprivate let storage: HeapStorage
        fileprivate let offset: Int

        var baseAddress: UnsafeMutableRawPointer { storage.baseAddress + offset }
    }

    /// Bytes of memory that small parts share; what is never written to takes none.
    private static let sharedByteCount = 8 << 20
    /// Positions from which on a context is long.
    private static let longContext = 512

    private var shared: HeapStorage?
    private var used = 0

    package init() {}

    /// Memory for some positions of a cache.
    ///
    /// - Throws: `memory.insufficient` when the system refuses.
    func part(byteCount: Int, positions: Int) throws(ONNXError) -> Part {
        if positions < Self.longContext || HeapStorage.bytesInLargePages(of: byteCount) > 0 {
            return Part(storage: try HeapStorage(byteCount: byteCount, usesLargePages: true), offset: 0)
        }
        let storage: HeapStorage
        if let shared, byteCount <= shared.byteCount - used {
            storage = shared
        } else {
            storage = try HeapStorage(byteCount: Self.sharedByteCount, usesLargePages: true)
            shared = storage
            used = 0
        }
        defer { used += (byteCount + 63) / 64 * 64 }
        return Part(storage: storage, offset: used)
    }
}
