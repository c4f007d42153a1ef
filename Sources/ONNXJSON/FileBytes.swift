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
    /// - Throws: What ``withBytes(of:byteLimit:tooLarge:_:)`` throws.
    package static func read(
        _ path: String, byteLimit: Int, tooLarge: ONNXError.Code = "file.too_large"
    ) throws(ONNXError) -> [UInt8] {
        try withBytes(of: path, byteLimit: byteLimit, tooLarge: tooLarge) { (bytes) throws(ONNXError) in
            Array(bytes)
        }
    }

    /// Gives the bytes of a regular file of at most `byteLimit` bytes; they are valid inside `body` only.
    ///
    /// - Throws: `file.missing` where there is no such file, `file.unreadable` where it is not a regular file or
    ///   the system refuses to read it, `tooLarge` past the limit, and what `body` throws.
    package static func withBytes<R>(
        of path: String, byteLimit: Int, tooLarge: ONNXError.Code = "file.too_large",
        _ body: (UnsafeRawBufferPointer) throws(ONNXError) -> R
    ) throws(ONNXError) -> R {
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
        let buffer = LargeMemory.allocate(UInt8.self, count: size)
        defer { LargeMemory.free(buffer) }
        let filled = try fill(buffer, size, from: descriptor, path)
        return try body(UnsafeRawBufferPointer(start: buffer, count: filled))
    }

    /// Reads up to `size` bytes and gives how many there were.
    private static func fill(
        _ buffer: UnsafeMutablePointer<UInt8>, _ size: Int, from descriptor: Int32, _ path: String
    ) throws(ONNXError) -> Int {
        var filled = 0
        while filled < size {
            #if canImport(Glibc)
                let got = Glibc.read(descriptor, buffer + filled, size - filled)
            #elseif canImport(Musl)
                let got = Musl.read(descriptor, buffer + filled, size - filled)
            #else
                let got = Darwin.read(descriptor, buffer + filled, size - filled)
            #endif
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else {
                throw ONNXError(
                    "file.unreadable", "cannot read \"\(path)\": \(String(cString: strerror(errno)))")
            }
            if got == 0 { break }
            filled += got
        }
        return filled
    }
}
