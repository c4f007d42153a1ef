// SPDX-License-Identifier: Apache-2.0
import CONNXSystem
package import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes a cache file that appears complete or not at all.
package struct PackCacheWriter: Sendable {
    /// A region to be written, with what keeps its memory alive.
    // Safety: the bytes are only read, and nobody writes them any more.
    package struct Section: @unchecked Sendable {
        let key: PackCacheKey
        let bytes: UnsafeRawBufferPointer
        let owner: AnyObject

        package init(key: PackCacheKey, bytes: UnsafeRawBufferPointer, owner: AnyObject) {
            self.key = key
            self.bytes = bytes
            self.owner = owner
        }
    }

    let folder: PackCacheFolder
    let path: String
    let modelPath: String
    let sections: [Section]
    let byteLimit: Int

    /// Called between the creation and the locking of a temporary file, with its path; for tests.
    package var whenCreated: @Sendable (String) -> Void = { _ in }

    /// - Parameters:
    ///   - path: where the file shall be, in `folder`.
    ///   - byteLimit: bytes that all files of the folder may take together.
    package init(
        folder: PackCacheFolder, path: String, modelPath: String, sections: [Section], byteLimit: Int
    ) {
        self.folder = folder
        self.path = path
        self.modelPath = modelPath
        self.sections = sections
        self.byteLimit = byteLimit
    }

    /// Writes to a temporary file, waits until the disk has it, and gives it its name. Leaves nothing behind when it
    /// fails. Does nothing while somebody else writes the same file.
    ///
    /// - Parameter reserve: bytes that must stay free on the disk beside the file.
    /// - Throws: `cache.folder`, `cache.limit`, `cache.no_space`, `cache.write`.
    package func write(reserving reserve: Int = 256 << 20) throws(ONNXError) {
        try folder.create()
        let others = folder.removeAbandoned()
        guard !others.contains(where: { $0.hasPrefix(path + ".") }) else { return }
        var header = try PackCacheHeader(
            modelPath: modelPath, sizes: sections.map { ($0.key, $0.bytes.count) })
        try folder.makeRoom(for: header.fileByteCount, limit: byteLimit, keeping: path)
        if let free = folder.freeByteCount, free - reserve < header.fileByteCount {
            throw ONNXError(
                "cache.no_space",
                "The disk of \"\(folder.path)\" has \(free) bytes left; the packed weights take \(header.fileByteCount)."
            )
        }
        let (temporary, descriptor) = try createTemporary()
        defer { close(descriptor) }
        var isDone = false
        defer { if !isDone { unlink(temporary) } }
        try fill(descriptor, &header)
        guard fsync(descriptor) == 0 else { throw failure("cannot be written", errno) }
        guard rename(temporary, path) == 0 else { throw failure("cannot be named", errno) }
        isDone = true
    }

    /// Makes a temporary file and locks it, which tells ``PackCacheFolder/removeAbandoned()`` that its writer lives.
    ///
    /// Another process may find the file between the two and take it for abandoned: then it has no name any more, and
    /// the next is made.
    private func createTemporary() throws(ONNXError) -> (path: String, descriptor: Int32) {
        for _ in 0..<100 {
            let temporary = "\(path).\(Self.randomName())\(PackCacheFolder.partialEnding)"
            let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw failure("cannot be created", errno) }
            whenCreated(temporary)
            while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
            var info = stat()
            if fstat(descriptor, &info) == 0, info.st_nlink > 0 { return (temporary, descriptor) }
            close(descriptor)
        }
        throw failure("cannot be kept", ENOENT)
    }

    private func fill(_ descriptor: Int32, _ header: inout PackCacheHeader) throws(ONNXError) {
        let reserved = onnxlm_reserve_space(descriptor, Int64(header.fileByteCount))
        if reserved == -ENOSPC || reserved == -EDQUOT { throw failure("cannot be written", -reserved) }
        guard ftruncate(descriptor, off_t(header.fileByteCount)) == 0 else {
            throw failure("cannot be written", errno)
        }
        // The header is written last; here it is room.
        var block = try Block(at: 0)
        for (index, section) in sections.enumerated() {
            var checksum = PackCacheChecksum()
            var position = header.sections[index].offset
            var start = 0
            while start < section.bytes.count {
                if position >= block.end {
                    try write(block.bytes, at: block.start, to: descriptor)
                    block.start = position / Block.byteCount * Block.byteCount
                }
                let end = min(section.bytes.count, start + block.end - position)
                let piece = UnsafeRawBufferPointer(rebasing: section.bytes[start..<end])
                checksum.add(piece)
                block.fill(with: piece, at: position)
                position += piece.count
                start = end
            }
            header.sections[index].checksum = checksum.value
        }
        let rest = UnsafeRawBufferPointer(rebasing: block.bytes.prefix(header.fileByteCount - block.start))
        try write(rest, at: block.start, to: descriptor)
        try withBytes(of: header) { bytes throws(ONNXError) in try write(bytes, at: 0, to: descriptor) }
    }

    private func withBytes(
        of header: PackCacheHeader, _ body: (UnsafeRawBufferPointer) throws(ONNXError) -> Void
    ) throws(ONNXError) {
        var result: Result<Void, ONNXError> = .success(())
        header.bytes.withUnsafeBytes { bytes in
            do throws(ONNXError) {
                try body(bytes)
            } catch {
                result = .failure(error)
            }
        }
        try result.get()
    }

    /// A part of the file on its way there. Blocks of this size and place let the system keep the file in large pages.
    private struct Block: ~Copyable {
        static let byteCount = 4 << 20

        /// Where in the file the block begins; setting it empties the block.
        var start: Int { didSet { memory.initializeMemory(as: UInt8.self, repeating: 0) } }
        private let memory: UnsafeMutableRawBufferPointer

        init(at start: Int) throws(ONNXError) {
            self.start = start
            guard let address = calloc(1, Self.byteCount) else {
                throw ONNXError("memory.insufficient", "There is no memory for writing the cache file.")
            }
            memory = UnsafeMutableRawBufferPointer(start: address, count: Self.byteCount)
        }

        deinit { free(memory.baseAddress) }

        var end: Int { start + Self.byteCount }
        var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }

        /// Puts bytes at their place in the file, which must lie inside the block.
        func fill(with piece: UnsafeRawBufferPointer, at position: Int) {
            UnsafeMutableRawBufferPointer(rebasing: memory.dropFirst(position - start)).copyMemory(
                from: piece)
        }
    }

    private func write(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, to descriptor: Int32
    ) throws(ONNXError) {
        let status = onnxlm_write_all(descriptor, bytes.baseAddress, bytes.count, Int64(offset))
        guard status == 0 else { throw failure("cannot be written", -status) }
    }

    private func failure(_ what: String, _ number: Int32) -> ONNXError {
        let code: ONNXError.Code = number == ENOSPC || number == EDQUOT ? "cache.no_space" : "cache.write"
        return ONNXError(
            code, "The cache file \"\(path)\" \(what): \(String(cString: strerror(number))).")
    }

    private static func randomName() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<8).compactMap { _ in letters.randomElement() })
    }
}
