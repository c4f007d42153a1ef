// SPDX-License-Identifier: Apache-2.0
#if Providers
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif

    /// How much disk a model takes.
    enum FolderSize {
        /// The bytes of the regular files in a folder, links followed, one level of folders below it included; nil
        /// where there is no folder.
        static func bytes(_ path: String, depth: Int = 1) -> Int? {
            guard let folder = opendir(path) else { return nil }
            defer { closedir(folder) }
            var total = 0
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name == "." || name == ".." { continue }
                var status = stat()
                guard stat("\(path)/\(name)", &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFREG {
                    total &+= Int(status.st_size)
                } else if status.st_mode & S_IFMT == S_IFDIR, depth > 0 {
                    total &+= bytes("\(path)/\(name)", depth: depth - 1) ?? 0
                }
            }
            return total
        }
    }
#endif
