// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Small files, read whole.
package enum FileBytes {
    /// Whether a path leads to a regular file.
    package static func isRegularFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The bytes of a regular file of at most `byteLimit` bytes.
    ///
    /// - Throws: `file.missing` where there is no such file, `file.unreadable` where it is not a regular file or
    ///   the system refuses to read it, `tooLarge` past the limit.
    package static func read(
        _ path: String, byteLimit: Int, tooLarge: ONNXError.Code = "file.too_large"
    ) throws(ONNXError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reason = errno
            let text = "cannot open \"\(path)\": \(String(cString: strerror(reason)))"
            throw ONNXError(reason == ENOENT || reason == ENOTDIR ? "file.missing" : "file.unreadable", text)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ONNXError("file.unreadable", "\"\(path)\" is not a regular file")
        }
        let size = Int(status.st_size)
        guard size <= byteLimit else {
            throw ONNXError(tooLarge, "\"\(path)\" has \(size) bytes, the limit is \(byteLimit)")
        }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            filled = 0
            guard let start = buffer.baseAddress else { return }
            while filled < size {
                #if canImport(Glibc)
                    let got = Glibc.read(descriptor, start + filled, size - filled)
                #elseif canImport(Musl)
                    let got = Musl.read(descriptor, start + filled, size - filled)
                #else
                    let got = Darwin.read(descriptor, start + filled, size - filled)
                #endif
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { break }
                filled += got
            }
        }
        guard failure == 0 else {
            throw ONNXError(
                "file.unreadable", "cannot read \"\(path)\": \(String(cString: strerror(failure)))")
        }
        return bytes
    }
}
