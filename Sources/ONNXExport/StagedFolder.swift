// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder that is filled under a temporary name beside its final one and gets the final name when complete.
///
/// Whatever happens before ``commit()``, nothing stands under the final name that was not there before, and the
/// temporary folder goes away with this value.
package final class StagedFolder {
    package let finalPath: String
    package let path: String
    private let overwrites: Bool
    private var isCommitted = false

    /// Creates the temporary folder.
    ///
    /// - Parameters:
    ///   - finalPath: the name in the end; its parent must exist.
    ///   - overwrites: whether a folder of that name may be replaced.
    ///   - neededBytes: what the files will take; checked against the free space of the disk.
    /// - Throws: `io.exists`, `io.no_space`, `io.permission` or `io.create`.
    package init(finalPath: String, overwrites: Bool, neededBytes: Int) throws(ONNXError) {
        var trimmed = finalPath
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.finalPath = trimmed
        self.overwrites = overwrites
        self.path = "\(trimmed).partial-\(RandomSuffix.make())"
        if !overwrites { try Self.refuseExisting(trimmed) }
        let parent = Self.parent(of: trimmed)
        var info = stat()
        guard stat(parent, &info) == 0 else {
            throw ONNXError(
                "io.create", "\"\(trimmed)\" cannot be created: there is no folder \"\(parent)\".")
        }
        if let free = Self.freeBytes(at: parent), free < neededBytes {
            throw ONNXError(
                "io.no_space",
                "\"\(trimmed)\" needs \(neededBytes) bytes; the disk has \(free) free. Free some space and try again."
            )
        }
        guard mkdir(path, 0o755) == 0 else { throw FileFailure.creating(path, errno) }
    }

    deinit { if !isCommitted { Self.removeFolder(path) } }

    /// The path of a file in the folder, while it is being filled.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a whole file into the folder.
    ///
    /// - Throws: `io.create`, `io.write` or `io.no_space`.
    package func write(_ bytes: [UInt8], as name: String) throws(ONNXError) {
        try AtomicFile.write(bytes, into: OutputFile(creating: file(name)))
    }

    /// Gives the folder its final name, after its entries are on the disk.
    ///
    /// - Throws: `io.exists` or `io.write`.
    package func commit() throws(ONNXError) {
        try Self.synchronizeFolder(path)
        if overwrites {
            let old = "\(finalPath).old-\(RandomSuffix.make())"
            let moved = rename(finalPath, old) == 0
            guard rename(path, finalPath) == 0 else {
                let failure = FileFailure.writing(finalPath, errno)
                if moved { rename(old, finalPath) }
                throw failure
            }
            if moved { Self.removeFolder(old) }
        } else {
            try Self.refuseExisting(finalPath)
            guard rename(path, finalPath) == 0 else { throw FileFailure.writing(finalPath, errno) }
        }
        isCommitted = true
        try Self.synchronizeFolder(Self.parent(of: finalPath))
    }

    /// Bytes that an ordinary user may still write to the disk that holds `path`; nil where that is not known.
    package static func freeBytes(at path: String) -> Int? {
        var info = statvfs()
        guard statvfs(path, &info) == 0 else { return nil }
        let (bytes, overflow) = Int(clamping: info.f_bavail).multipliedReportingOverflow(
            by: Int(clamping: info.f_frsize))
        return overflow ? Int.max : bytes
    }

    private static func refuseExisting(_ path: String) throws(ONNXError) {
        var info = stat()
        guard lstat(path, &info) != 0 else { throw FileFailure.creating(path, EEXIST) }
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func synchronizeFolder(_ path: String) throws(ONNXError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure.writing(path, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileFailure.writing(path, errno) }
    }

    /// Removes a folder of plain files, which is all that this type makes.
    private static func removeFolder(_ path: String) {
        guard let folder = opendir(path) else {
            unlink(path)
            return
        }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { unlink("\(path)/\(name)") }
        }
        closedir(folder)
        rmdir(path)
    }
}
