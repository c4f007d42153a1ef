// SPDX-License-Identifier: Apache-2.0
import CONNXSystem
package import ONNXErrors
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Memory that tensors point into; it lives as long as any tensor that refers to it.
// Safety: the bytes, and what may change of the stored properties, are written only by whoever created the storage,
// before tensors over it are shared.
package class TensorStorage: @unchecked Sendable {
    private final let address: UnsafeMutableRawPointer
    private final let isFilledLater: Bool
    package final let byteCount: Int

    /// Takes a region that the subclass keeps valid until it is deinitialised.
    ///
    /// - Parameter isFilledLater: whether ``fill()`` must be called before the bytes may be read.
    package init(baseAddress: UnsafeMutableRawPointer, byteCount: Int, isFilledLater: Bool = false) {
        self.address = baseAddress
        self.byteCount = byteCount
        self.isFilledLater = isFilledLater
    }

    /// The first byte.
    package final var baseAddress: UnsafeMutableRawPointer {
        if isFilledLater { fill() }
        return address
    }

    /// Makes the bytes what they are to be; may be called from several threads and more than once.
    fileprivate func fill() {}
}

/// Heap memory of its own, aligned to 64 bytes.
package final class HeapStorage: TensorStorage, @unchecked Sendable {
    /// What counts the bytes; set by whoever made the storage, before tensors over it are shared.
    var meter: MemoryMeter?

    /// Allocates `byteCount` bytes (at least one line), uninitialised unless `zeroed`.
    ///
    /// - Parameter usesLargePages: asks the system for large pages, for memory that is read over and over. A rest of
    ///   three quarters of such a page or more takes a whole one.
    /// - Throws: `memory.insufficient` when the system refuses.
    package init(byteCount: Int, zeroed: Bool = false, usesLargePages: Bool = false) throws(ONNXError) {
        let inLargePages = usesLargePages ? Self.bytesInLargePages(of: byteCount) : 0
        let isLarge = inLargePages > 0
        var pointer: UnsafeMutableRawPointer?
        let rounded = Swift.max(64, byteCount, inLargePages)
        guard byteCount >= 0, posix_memalign(&pointer, isLarge ? Self.largePage : 64, rounded) == 0,
            let pointer
        else {
            throw ONNXError("memory.insufficient", "The system has no \(byteCount) bytes for a tensor.")
        }
        if isLarge { onnxlm_ask_for_large_pages(pointer, inLargePages) }
        if zeroed { memset(pointer, 0, Swift.max(64, byteCount)) }
        super.init(baseAddress: pointer, byteCount: byteCount)
    }

    private static let largePage = 2 << 20

    /// The large pages that storage of so many bytes takes where it asks for them, in bytes; 0: none.
    static func bytesInLargePages(of byteCount: Int) -> Int {
        (byteCount &+ largePage / 4) / largePage * largePage
    }

    deinit {
        meter?.discharge(byteCount)
        free(baseAddress)
    }
}

/// The memory of another storage, kept alive: whether somebody holds this object tells whether the memory may be
/// written again.
package final class LentStorage: TensorStorage, @unchecked Sendable {
    private let owner: HeapStorage

    /// Lends all of `owner`.
    package init(_ owner: HeapStorage) {
        self.owner = owner
        super.init(baseAddress: owner.baseAddress, byteCount: owner.byteCount)
    }
}

/// A read-only region of a mapped file.
package final class MappedStorage: TensorStorage, @unchecked Sendable {
    package let file: MappedFile

    /// The whole of `file`; tensors point into it by byte offset.
    package init(_ file: MappedFile) {
        self.file = file
        super.init(
            baseAddress: UnsafeMutableRawPointer(mutating: file.baseAddress), byteCount: file.byteCount)
    }
}

/// A copy, aligned to 64 bytes, of a region of another storage, made when somebody first asks for its address: most
/// such tensors in a model file are never read in full, and some never at all.
///
/// Bytes of a file are read, not mapped.
package final class CopiedStorage: TensorStorage, @unchecked Sendable {
    /// What is copied.
    package let source: TensorStorage
    package let sourceOffset: Int
    private let copy: HeapStorage
    private let isFilled = Atomic(false)
    private let filling = Mutex(())

    /// - Throws: `memory.insufficient` when the system refuses.
    package init(_ source: TensorStorage, byteOffset: Int, byteCount: Int) throws(ONNXError) {
        self.source = source
        sourceOffset = byteOffset
        copy = try HeapStorage(byteCount: byteCount)
        super.init(baseAddress: copy.baseAddress, byteCount: byteCount, isFilledLater: true)
    }

    fileprivate override func fill() {
        if isFilled.load(ordering: .acquiring) { return }
        filling.withLock { _ in
            if isFilled.load(ordering: .relaxed) { return }
            if let (file, offset) = source.filePlace(of: sourceOffset) {
                file.copy(offset: offset, byteCount: byteCount, to: copy.baseAddress)
            } else {
                copy.baseAddress.copyMemory(
                    from: source.baseAddress.advanced(by: sourceOffset), byteCount: byteCount)
            }
            isFilled.store(true, ordering: .releasing)
        }
    }
}

extension TensorStorage {
    /// The mapped file, and the offset in it, that the byte at `byteOffset` comes from; nil for bytes of no file.
    package func filePlace(of byteOffset: Int) -> (file: MappedFile, offset: Int)? {
        if let copied = self as? CopiedStorage {
            return copied.source.filePlace(of: copied.sourceOffset + byteOffset)
        }
        return (self as? MappedStorage).map { ($0.file, byteOffset) }
    }
}

/// The elements of a string tensor, which have no byte buffer.
package final class StringStorage: TensorStorage, @unchecked Sendable {
    package let strings: [String]

    package init(_ strings: [String]) {
        self.strings = strings
        super.init(baseAddress: StringStorage.nothing, byteCount: 0)
    }

    // Safety: never read or written: its byte count is 0.
    private nonisolated(unsafe) static let nothing = UnsafeMutableRawPointer.allocate(
        byteCount: 64, alignment: 64)
}
