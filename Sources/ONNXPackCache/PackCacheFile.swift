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

/// A cache file mapped for reading; processes that map it share its pages.
///
/// Opening checks owner, permissions, header and table, and reads nothing else. The contents of the sections are
/// checked by ``damagedSection()``.
// Safety: the mapping is read-only, and the stored properties never change.
package final class PackCacheFile: @unchecked Sendable {
    package let path: String
    /// The model that the file belongs to.
    package let modelPath: String
    package let byteCount: Int

    private let descriptor: Int32
    private let base: UnsafeRawPointer
    private let sections: [PackCacheKey: PackCacheHeader.Section]
    private let damage = Atomic<Bool>(false)

    /// Opens, checks and maps the file.
    ///
    /// - Throws: `cache.missing` when there is none; `cache.untrusted` for a file that somebody else could have
    ///   written; `cache.damaged`, `cache.version`; `io.map`.
    package init(path: String) throws(ONNXError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else {
            let number = errno
            guard number != ENOENT && number != ENOTDIR else {
                throw ONNXError("cache.missing", "There is no cache file \"\(path)\".")
            }
            throw ONNXError(
                "cache.untrusted",
                "The cache file \"\(path)\" cannot be opened: \(String(cString: strerror(number))).")
        }
        var isTaken = false
        defer { if !isTaken { close(descriptor) } }
        let length = try Self.trustedByteCount(descriptor, path)
        guard let address = mmap(nil, length, PROT_READ, MAP_SHARED, descriptor, 0), address != MAP_FAILED
        else {
            throw ONNXError(
                "io.map", "\"\(path)\" cannot be mapped into memory: \(String(cString: strerror(errno))).")
        }
        // Before anything is read, so that it comes from disk in large pages: decoding, which streams all of it for each
        // token, then does not wait for the tables of small ones.
        onnxlm_ask_for_large_pages(address, length)
        let header: PackCacheHeader
        do throws(ONNXError) {
            header = try PackCacheHeader(reading: UnsafeRawBufferPointer(start: address, count: length))
        } catch {
            munmap(address, length)
            throw error.adding("file \"\(path)\"")
        }
        isTaken = true
        self.path = path
        self.modelPath = header.modelPath
        self.byteCount = length
        self.descriptor = descriptor
        self.base = UnsafeRawPointer(address)
        self.sections = Dictionary(header.sections.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: base), byteCount)
        close(descriptor)
    }

    private static func trustedByteCount(_ descriptor: Int32, _ path: String) throws(ONNXError) -> Int {
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            throw ONNXError("cache.untrusted", "\"\(path)\" is not a regular file.")
        }
        guard info.st_uid == geteuid(), info.st_mode & 0o022 == 0 else {
            throw ONNXError(
                "cache.untrusted",
                "The cache file \"\(path)\" belongs to another user or others may write to it; remove it.")
        }
        guard info.st_size > 0 else {
            throw ONNXError("cache.damaged", "The cache file \"\(path)\" is empty.")
        }
        return Int(info.st_size)
    }

    /// The number of sections.
    package var sectionCount: Int { sections.count }

    /// The bytes of a section, which start at a multiple of 4096; valid while this lives.
    package subscript(key: PackCacheKey) -> UnsafeRawBufferPointer? {
        sections[key].map { UnsafeRawBufferPointer(start: base + $0.offset, count: $0.byteCount) }
    }

    /// Whether the file is still as long as its mapping; reading past the end of one that shrank ends the process.
    package var isWhole: Bool {
        var info = stat()
        return fstat(descriptor, &info) == 0 && Int(info.st_size) >= byteCount
    }

    /// Whether ``verifyInBackground()`` found damage.
    package var isKnownToBeDamaged: Bool { damage.load(ordering: .relaxed) }

    /// Notes that the file was used now, so that it is not the next that makes room for others.
    package func markUsed() { futimens(descriptor, nil) }

    /// Reads every section; gives the key of the first whose contents are not what was written, nil if all are.
    ///
    /// - Parameter pauses: rests between pieces of at most 4 MB, so that this takes a hundredth of a processor, and of the memory's
    ///   rate, from who uses the weights.
    package func damagedSection(pauses: Bool = false) -> String? {
        for section in sections.values.sorted(by: { $0.offset < $1.offset }) {
            guard isWhole else { return section.key.text }
            let bytes = UnsafeRawBufferPointer(start: base + section.offset, count: section.byteCount)
            if Self.sum(bytes, pauses) != section.checksum { return section.key.text }
        }
        return nil
    }

    private static func sum(_ bytes: UnsafeRawBufferPointer, _ pauses: Bool) -> UInt64 {
        guard pauses else { return PackCacheChecksum.sum(bytes) }
        let pieceByteCount = 4 << 20
        var checksum = PackCacheChecksum()
        for first in stride(from: 0, to: bytes.count, by: pieceByteCount) {
            let end = min(bytes.count, first + pieceByteCount)
            let start = threadMicroseconds
            checksum.add(UnsafeRawBufferPointer(rebasing: bytes[first..<end]))
            usleep(UInt32(clamping: min(99 * (threadMicroseconds - start), 999_999)))
        }
        return checksum.value
    }

    /// The processor time of the calling thread.
    private static var threadMicroseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int(time.tv_sec) * 1_000_000 + Int(time.tv_nsec) / 1000
    }

    /// Starts a thread that maps all pages before they are asked for, and then reads every section, the latter only
    /// while nobody else wants the processor, and slowly. A damaged file is removed, and ``isKnownToBeDamaged`` becomes true.
    package func verifyInBackground() {
        BackgroundThread.start {
            onnxlm_map_pages(self.base, self.byteCount)
            onnxlm_lower_priority(1)
            guard self.damagedSection(pauses: true) != nil else { return }
            self.remove()
            self.damage.store(true, ordering: .relaxed)
        }
    }

    /// Removes the file from its folder, unless another has taken its place.
    private func remove() {
        var mine = stat()
        var named = stat()
        guard fstat(descriptor, &mine) == 0, lstat(path, &named) == 0, mine.st_ino == named.st_ino,
            mine.st_dev == named.st_dev
        else { return }
        unlink(path)
    }
}
