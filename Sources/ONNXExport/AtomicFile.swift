// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes whole files that appear complete or not at all.
package enum AtomicFile {
    /// Writes `bytes` to a sibling of `path`, then renames it, replacing a file that is there.
    ///
    /// - Throws: `io.create`, `io.permission`, `io.write` or `io.no_space`.
    package static func write(_ bytes: [UInt8], to path: String) throws(ONNXError) {
        let temporary = "\(path).partial-\(RandomSuffix.make())"
        var done = false
        defer { if !done { unlink(temporary) } }
        let file = try OutputFile(creating: temporary)
        try write(bytes, into: file)
        guard rename(temporary, path) == 0 else { throw FileFailure.writing(path, errno) }
        done = true
    }

    static func write(_ bytes: [UInt8], into file: OutputFile) throws(ONNXError) {
        var failure: ONNXError?
        bytes.withUnsafeBytes { buffer in
            do throws(ONNXError) { try file.write(buffer, at: 0) } catch { failure = error }
        }
        if let failure { throw failure }
        try file.synchronize()
    }
}

/// Endings for temporary names.
enum RandomSuffix {
    static func make() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<8).compactMap { _ in letters.randomElement() })
    }
}
