// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A regular file mapped read-only; its descriptor stays open for as long as the mapping lives.
// Safety: the mapping is private and read-only, and the stored properties never change.
package final class MappedFile: @unchecked Sendable {
    package let path: String
    package let baseAddress: UnsafeRawPointer
    package let byteCount: Int
    /// The state of the file when it was mapped.
    package let identity: FileIdentity
    private let descriptor: Int32
    private let mappedByteCount: Int

    /// Maps the file behind `descriptor`, which it owns and closes from here on, also when it throws.
    ///
    /// - Parameter path: the name that errors give.
    /// - Throws: `io.stat`, `model.not_regular` or `io.map`.
    package init(descriptor: Int32, path: String) throws(ONNXError) {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw ONNXError("io.stat", "\"\(path)\" cannot be examined: \(reason).")
        }
        guard info.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ONNXError("model.not_regular", "\"\(path)\" is not a regular file.")
        }
        let length = Int(info.st_size)
        self.path = path
        self.descriptor = descriptor
        self.byteCount = length
        self.identity = FileIdentity(info)
        guard length > 0 else {
            self.mappedByteCount = 0
            self.baseAddress = MappedFile.nothing
            return
        }
        guard let address = mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED
        else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw ONNXError(
                "io.map", "\"\(path)\" (\(length) bytes) cannot be mapped into memory: \(reason).")
        }
        self.mappedByteCount = length
        self.baseAddress = UnsafeRawPointer(address)
    }

    /// Opens and maps the file at `path`, following symbolic links.
    ///
    /// - Throws: `model.not_found`, `io.permission`, `io.open`, or what ``init(descriptor:path:)`` throws.
    package convenience init(path: String) throws(ONNXError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw MappedFile.openError(path, errno) }
        try self.init(descriptor: descriptor, path: path)
    }

    deinit {
        if mappedByteCount > 0 { munmap(UnsafeMutableRawPointer(mutating: baseAddress), mappedByteCount) }
        close(descriptor)
    }

    /// The bytes of the file.
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: baseAddress, count: byteCount) }

    /// Whether the file is still as long as its mapping; reading past the end of one that shrank ends the process.
    ///
    /// - Complexity: one system call.
    package var isWhole: Bool {
        var info = stat()
        return fstat(descriptor, &info) == 0 && Int(info.st_size) >= byteCount
    }

    /// Copies bytes of the file, which must lie inside it: by reading, since a page of a mapping may bring the 2 MB around it,
    /// and from the mapping where the system cannot read.
    package func copy(offset: Int, byteCount: Int, to target: UnsafeMutableRawPointer) {
        if !read(offset: offset, into: UnsafeMutableRawBufferPointer(start: target, count: byteCount)) {
            target.copyMemory(from: baseAddress + offset, byteCount: byteCount)
        }
    }

    /// Reads bytes of the file without mapping them.
    ///
    /// - Returns: whether all were there; those of a file that became shorter are not.
    package func read(offset: Int, into target: UnsafeMutableRawBufferPointer) -> Bool {
        var done = 0
        while done < target.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: target[done...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    /// Tells the system that a range will not be read again soon, so that its pages can go.
    package func releasePages(offset: Int, byteCount: Int) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let start = (offset + page - 1) / page * page
        let end = (offset + byteCount) / page * page
        guard offset >= 0, end > start, end <= mappedByteCount else { return }
        madvise(
            UnsafeMutableRawPointer(mutating: baseAddress.advanced(by: start)), end - start, MADV_DONTNEED)
    }

    /// The error for a failed `open`.
    package static func openError(_ path: String, _ number: Int32) -> ONNXError {
        let reason = String(cString: strerror(number))
        switch number {
        case ENOENT, ENOTDIR: return ONNXError("model.not_found", "There is no file \"\(path)\".")
        case EACCES, EPERM: return ONNXError("io.permission", "\"\(path)\" may not be read: \(reason).")
        case ELOOP: return ONNXError("io.loop", "\"\(path)\" is a loop of symbolic links.")
        case ENAMETOOLONG: return ONNXError("io.name_too_long", "The path is too long: \(path.prefix(80))…")
        default: return ONNXError("io.open", "\"\(path)\" cannot be opened: \(reason).")
        }
    }

    // Safety: never read or written: the byte count of an empty file is 0.
    private nonisolated(unsafe) static let nothing = UnsafeRawPointer(
        UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64))
}
