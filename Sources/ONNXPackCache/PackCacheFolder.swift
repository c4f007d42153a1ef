// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The folder with the cache files of all models.
package struct PackCacheFolder: Sendable {
    static let ending = ".packed"
    static let partialEnding = ".partial"

    /// A cache file or what is left of one that was never finished.
    package struct Entry: Sendable {
        package let path: String
        package let byteCount: Int
        /// Nanoseconds since 1970 of the last use.
        package let lastUsed: Int
    }

    package let path: String

    package init(path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// The path of the cache file of a model.
    ///
    /// - Parameter variant: what else decides which matrices are packed.
    package func file(ofModel modelPath: String, variant: [String]) -> String {
        var builder = PackCacheKey.Builder()
        builder.add(modelPath)
        for part in variant { builder.add(part) }
        return "\(path)/\(builder.key.text)\(Self.ending)"
    }

    /// Makes the folder, and those around it, for this user alone.
    ///
    /// - Throws: `cache.folder`.
    package func create() throws(ONNXError) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            let part = String(path[..<end])
            guard mkdir(part, 0o700) != 0 else { continue }
            let number = errno
            var info = stat()
            guard stat(part, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
                throw ONNXError(
                    "cache.folder",
                    "The cache folder \"\(path)\" cannot be made: \(String(cString: strerror(number))).")
            }
        }
    }

    /// The finished cache files, the one used longest ago first.
    package func entries() -> [Entry] { entries(ending: Self.ending) }

    /// Removes the temporary files of writers that ended before they were done.
    ///
    /// - Returns: the temporary files that somebody is writing.
    @discardableResult
    package func removeAbandoned() -> [String] {
        entries(ending: Self.partialEnding).map(\.path).filter { path in
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
            guard descriptor >= 0 else { return false }
            defer { close(descriptor) }
            // Writers hold the lock for as long as they live.
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return true }
            unlink(path)
            return false
        }
    }

    /// Removes files, those used longest ago first, until `byteCount` more bytes stay within `limit`.
    ///
    /// - Parameter keeping: the path of the file that is about to be replaced, whose bytes do not count.
    /// - Throws: `cache.limit` when the new bytes alone are too many.
    package func makeRoom(for byteCount: Int, limit: Int, keeping: String) throws(ONNXError) {
        guard byteCount <= limit else {
            throw ONNXError(
                "cache.limit",
                "The packed weights take \(byteCount) bytes; the cache may take \(limit). Raise the limit.")
        }
        let others = entries().filter { $0.path != keeping }
        var total = others.reduce(0) { $0 + $1.byteCount }
        for entry in others {
            if total <= limit - byteCount { return }
            if unlink(entry.path) == 0 { total -= entry.byteCount }
        }
    }

    /// Removes one file.
    package func remove(_ entry: Entry) { unlink(entry.path) }

    /// Removes all cache files and what is left of unfinished ones; models that use them go on undisturbed.
    ///
    /// - Returns: the bytes that were removed.
    package func clear() -> Int {
        removeAbandoned()
        return entries().reduce(0) { $0 + (unlink($1.path) == 0 ? $1.byteCount : 0) }
    }

    /// Bytes that the disk has left for this user; nil where that is not known.
    var freeByteCount: Int? {
        var info = statvfs()
        guard statvfs(path, &info) == 0 else { return nil }
        let (bytes, overflow) = Int(clamping: info.f_bavail).multipliedReportingOverflow(
            by: Int(clamping: info.f_frsize))
        return overflow ? nil : bytes
    }

    private func entries(ending: String) -> [Entry] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var result: [Entry] = []
        while let record = readdir(folder) {
            let name = withUnsafeBytes(of: &record.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasSuffix(ending) else { continue }
            let file = "\(path)/\(name)"
            var info = stat()
            guard lstat(file, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { continue }
            #if canImport(Darwin)
                let time = info.st_mtimespec
            #else
                let time = info.st_mtim
            #endif
            result.append(
                Entry(
                    path: file, byteCount: Int(info.st_size),
                    lastUsed: Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec)))
        }
        return result.sorted { ($0.lastUsed, $0.path) < ($1.lastUsed, $1.path) }
    }
}
