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

/// An open file, read and written at places of the caller's choice, by any number of threads.
// Safety: the descriptor does not change, and the calls on it name their place.
package final class DiskFile: @unchecked Sendable {
    package let path: String
    private let descriptor: Int32

    /// Opens a file for reading.
    ///
    /// - Throws: `io.*`; `file.missing` when there is none.
    package init(reading path: String) throws(ONNXError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw ONNXError("file.missing", "There is no file \"\(path)\".") }
            throw Disk.failure("", path, "cannot be opened", errno)
        }
    }

    /// Opens a file for reading and writing, and makes it if it is not there. A link is not followed.
    ///
    /// - Throws: `io.*`.
    package init(writing path: String) throws(ONNXError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { throw Disk.failure("", path, "cannot be written", errno) }
    }

    deinit { close(descriptor) }

    package var byteCount: Int {
        var info = stat()
        return fstat(descriptor, &info) == 0 ? Int(info.st_size) : 0
    }

    /// Takes room on the disk for the whole file and gives it its length.
    ///
    /// - Throws: `io.no_space` when there is not enough.
    package func reserve(_ byteCount: Int) throws(ONNXError) {
        let status = onnxlm_reserve_space(descriptor, Int64(byteCount))
        if status == -ENOSPC || status == -EDQUOT || status == -EFBIG {
            throw Disk.failure("", path, "cannot get its \(byteCount) bytes", -status)
        }
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
            throw Disk.failure("", path, "cannot get its \(byteCount) bytes", errno)
        }
    }

    /// Reads up to `count` bytes from `offset` on; fewer at the end of the file.
    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(ONNXError) -> Int {
        var done = 0
        while done < buffer.count, let base = buffer.baseAddress {
            let count = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Disk.failure("", path, "cannot be read", errno) }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Writes all bytes from `offset` on.
    ///
    /// - Throws: `io.no_space`, `io.failed`.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ONNXError) {
        let status = onnxlm_write_all(descriptor, bytes.baseAddress, bytes.count, Int64(offset))
        guard status == 0 else { throw Disk.failure("", path, "cannot be written", -status) }
    }

    /// Writes all bytes from `offset` on.
    package func write(_ bytes: [UInt8], at offset: Int) throws(ONNXError) {
        let result: Result<Void, ONNXError> = bytes.withUnsafeBytes { buffer in
            do throws(ONNXError) { return .success(try write(buffer, at: offset)) } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Waits until the disk has all that was written.
    package func synchronize() throws(ONNXError) {
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw Disk.failure("", path, "cannot be written", errno)
        }
    }

    /// Lets later reads come from the disk rather than from memory, where the system can.
    package func forgetCachedPages() {
        #if os(Linux)
            posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        #endif
    }

    /// Locks the file against others that lock it; false when another process has done so.
    package func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    /// Writes a small file that appears whole or not at all.
    ///
    /// - Parameter durably: waits until the disk has it before it gets its name.
    /// - Throws: `io.*`.
    package static func writeWhole(
        _ text: String, to path: String, durably: Bool = true
    ) throws(ONNXError) {
        let temporary = path + ".partial"
        unlink(temporary)
        let file = try DiskFile(writing: temporary)
        do throws(ONNXError) {
            try file.write(Array(text.utf8), at: 0)
            if durably { try file.synchronize() }
            try Disk.rename(temporary, to: path)
        } catch {
            unlink(temporary)
            throw error
        }
    }
}
