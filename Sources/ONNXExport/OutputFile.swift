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

/// A file open for writing at any offset; closed when released.
// Safety: the descriptor never changes, and `pwrite` may be called from several threads at once.
package final class OutputFile: @unchecked Sendable {
    package let path: String
    private let descriptor: Int32

    /// Creates the file, which must not exist.
    ///
    /// - Throws: `io.exists`, `io.permission` or `io.create`.
    package init(creating path: String) throws(ONNXError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileFailure.creating(path, errno) }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Writes all of `bytes` at `offset`.
    ///
    /// - Throws: `io.no_space` or `io.write`.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ONNXError) {
        let status = onnxlm_write_all(descriptor, bytes.baseAddress, bytes.count, Int64(offset))
        guard status == 0 else { throw FileFailure.writing(path, -status) }
    }

    /// Sets the file's length; the new bytes read as zeros.
    ///
    /// - Throws: `io.no_space` or `io.write`.
    package func resize(to byteCount: Int) throws(ONNXError) {
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw FileFailure.writing(path, errno) }
    }

    /// Waits until the bytes are on the disk.
    ///
    /// - Throws: `io.no_space` or `io.write`.
    package func synchronize() throws(ONNXError) {
        guard fsync(descriptor) == 0 else { throw FileFailure.writing(path, errno) }
    }
}

/// Errors for failed system calls on files being written.
enum FileFailure {
    static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

    static func creating(_ path: String, _ number: Int32) -> ONNXError {
        switch number {
        case EEXIST:
            ONNXError("io.exists", "\"\(path)\" exists already; choose another name or allow overwriting.")
        case EACCES, EPERM, EROFS:
            ONNXError("io.permission", "\"\(path)\" may not be created: \(reason(number)).")
        case ENOSPC, EDQUOT: noSpace(path)
        default: ONNXError("io.create", "\"\(path)\" cannot be created: \(reason(number)).")
        }
    }

    static func writing(_ path: String, _ number: Int32) -> ONNXError {
        switch number {
        case ENOSPC, EDQUOT: noSpace(path)
        default: ONNXError("io.write", "\"\(path)\" cannot be written: \(reason(number)).")
        }
    }

    private static func noSpace(_ path: String) -> ONNXError {
        ONNXError("io.no_space", "The disk that holds \"\(path)\" is full; free some space and try again.")
    }
}
