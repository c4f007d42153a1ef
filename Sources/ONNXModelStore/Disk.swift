// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Folders, names and free space, as the system tells them.
package enum Disk {
    package enum Kind: Sendable {
        case file, folder, link, other
    }

    /// What stands under a name, and when it was changed.
    package struct Entry: Sendable {
        package let kind: Kind
        package let byteCount: Int
        /// Bytes that it takes on the disk.
        package let allocatedByteCount: Int
        /// Seconds since 1970.
        package let modified: Int
        package let device: UInt64
    }

    /// The file system that holds a path.
    package struct Space: Sendable {
        package let device: UInt64
        /// Bytes that this user may still write.
        package let freeByteCount: Int
    }

    /// Looks at a name; nil where there is none, or none that may be looked at.
    package static func entry(_ path: String, followsLinks: Bool = false) -> Entry? {
        var info = stat()
        guard (followsLinks ? stat(path, &info) : lstat(path, &info)) == 0 else { return nil }
        let kind: Kind =
            switch info.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        #if canImport(Darwin)
            let time = info.st_mtimespec
        #else
            let time = info.st_mtim
        #endif
        return Entry(
            kind: kind, byteCount: Int(info.st_size), allocatedByteCount: Int(info.st_blocks) * 512,
            modified: Int(time.tv_sec), device: UInt64(truncatingIfNeeded: info.st_dev))
    }

    package static func isFolder(_ path: String) -> Bool { entry(path, followsLinks: true)?.kind == .folder }

    /// The names in a folder, sorted, without `.` and `..`; empty when it cannot be read.
    package static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let record = readdir(stream) {
            let name = withUnsafeBytes(of: &record.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The path without symbolic links; nil when it leads nowhere.
    package static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The path from the root of the system, symbolic links kept.
    package static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        return (realPath(".") ?? "") + "/" + path
    }

    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    package static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// The free space of the file system that holds `path`, or would hold it.
    package static func space(at path: String) -> Space? {
        var place = absolute(path)
        while entry(place, followsLinks: true) == nil, place != "/" { place = parent(of: place) }
        var info = statvfs()
        guard statvfs(place, &info) == 0, let entry = entry(place, followsLinks: true) else { return nil }
        let (bytes, overflow) = Int(clamping: info.f_bavail).multipliedReportingOverflow(
            by: Int(clamping: info.f_frsize))
        return Space(device: entry.device, freeByteCount: overflow ? Int.max : bytes)
    }

    /// Makes a folder and those around it.
    ///
    /// - Throws: `io.*`.
    package static func makeFolders(_ path: String) throws(ONNXError) {
        if isFolder(path) { return }
        let around = parent(of: path)
        if around != path, around != "." { try makeFolders(around) }
        guard mkdir(path, 0o777) != 0, errno != EEXIST || !isFolder(path) else { return }
        throw failure("The folder", path, "cannot be made", errno)
    }

    package static func rename(_ old: String, to new: String) throws(ONNXError) {
        #if canImport(Glibc)
            let status = Glibc.rename(old, new)
        #elseif canImport(Musl)
            let status = Musl.rename(old, new)
        #else
            let status = Darwin.rename(old, new)
        #endif
        guard status == 0 else { throw failure("", old, "cannot be renamed to \"\(new)\"", errno) }
    }

    package static func makeLink(_ path: String, to target: String) throws(ONNXError) {
        unlink(path)
        guard symlink(target, path) == 0 else { throw failure("The link", path, "cannot be made", errno) }
    }

    /// Gives a file a second name on the same disk; false where that is not possible.
    package static func makeHardLink(_ path: String, to file: String) -> Bool {
        guard let real = realPath(file) else { return false }
        return link(real, path) == 0
    }

    /// Removes one name that is no folder; whether there was one.
    @discardableResult
    package static func removeName(_ path: String) -> Bool { unlink(path) == 0 }

    /// Removes a file, a link (not what it leads to), or a folder with all that is in it.
    ///
    /// - Returns: the bytes that it took.
    /// - Throws: `io.*` at the first thing that cannot be removed.
    @discardableResult
    package static func removeTree(_ path: String) throws(ONNXError) -> Int {
        guard let entry = entry(path) else { return 0 }
        var total = 0
        if entry.kind == .folder {
            for name in names(in: path) { total += try removeTree("\(path)/\(name)") }
            guard rmdir(path) == 0 else { throw failure("The folder", path, "cannot be removed", errno) }
            return total
        }
        guard unlink(path) == 0 else { throw failure("", path, "cannot be removed", errno) }
        return entry.allocatedByteCount
    }

    /// Bytes that the files of a folder hold, links followed; folders below included.
    package static func byteCount(ofFolder path: String, depth: Int = 8) -> Int {
        names(in: path).reduce(0) { sum, name in
            let file = "\(path)/\(name)"
            guard let entry = entry(file, followsLinks: true) else { return sum }
            if entry.kind == .folder {
                return depth > 0 ? sum + byteCount(ofFolder: file, depth: depth - 1) : sum
            }
            return sum + entry.byteCount
        }
    }

    /// Waits until the disk has the names of a folder.
    package static func synchronize(folder path: String) throws(ONNXError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("The folder", path, "cannot be opened", errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw failure("The folder", path, "cannot be written", errno)
        }
    }

    /// Notes the time now as the last change of a file, which is made if it is not there. Failures do not matter.
    package static func touch(_ path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { return }
        futimens(descriptor, nil)
        close(descriptor)
    }

    /// Whether this user may write into a folder.
    package static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

    /// Whether this user may read a file.
    package static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

    /// Whether a file is there that others than its owner may read.
    package static func isOpenToOthers(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & 0o077 != 0
    }

    /// Reads a small file; nil when there is none, or none that can be read.
    package static func text(_ path: String, byteLimit: Int = 1 << 20) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: byteLimit)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// What a failed call on a file is told as.
    package static func failure(_ kind: String, _ path: String, _ what: String, _ number: Int32) -> ONNXError
    {
        let code: ONNXError.Code =
            switch number {
            case ENOSPC, EDQUOT: "io.no_space"
            case EACCES, EPERM: "io.permission"
            case EROFS: "io.read_only"
            case EEXIST, ENOTEMPTY: "io.exists"
            case ENAMETOOLONG: "io.name_too_long"
            default: "io.failed"
            }
        let subject = kind.isEmpty ? "\"\(path)\"" : "\(kind) \"\(path)\""
        return ONNXError(code, "\(subject) \(what): \(String(cString: strerror(number))).")
    }
}
