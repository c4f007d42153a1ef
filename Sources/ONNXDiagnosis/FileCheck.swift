// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXImport
import ONNXModelStore

/// Looks at one file of a model from outside: is it there, may it be read, is it what its name says.
enum FileCheck {
    /// What is wrong with the file; nil when nothing is.
    ///
    /// - Parameters:
    ///   - fetches: the command that fetches the model again.
    ///   - needed: bytes that it must have at least, for data files.
    static func finding(
        _ path: String, _ name: String, _ fetches: String, _ folder: String, needed: Int? = nil
    ) -> Finding? {
        guard let entry = Disk.entry(path, followsLinks: true) else {
            let isLink = Disk.entry(path)?.kind == .link
            let text = isLink ? "a link that leads nowhere; is a disk missing?" : "missing"
            return Finding(
                .problem, name, text + (needed.map { " (\($0) bytes)" } ?? ""),
                code: needed == nil ? "file.missing" : "external_data.missing", remedy: fetches)
        }
        guard entry.kind == .file else {
            return Finding(.problem, name, "no regular file", code: "model.not_regular", remedy: fetches)
        }
        guard Disk.isReadable(path), let prefix = prefix(of: path) else {
            return Finding(
                .problem, name, "this user may not read it", code: "io.permission",
                remedy: "chmod u+r '\(path)'")
        }
        let (pointer, isPage) = prefix.withUnsafeBytes { bytes in
            (FormatSniffer.lfsPointer(bytes), FormatSniffer.isHTML(bytes))
        }
        if let pointer {
            let isClone = Disk.entry("\(folder)/.git") != nil
            return Finding(
                .problem, name, "a Git LFS pointer, not the file: the file has \(pointer)",
                code: "model.lfs_pointer",
                remedy: isClone ? "git -C '\(folder)' lfs pull" : fetches)
        }
        if isPage, needed.map({ entry.byteCount < $0 }) ?? true {
            return Finding(
                .problem, name,
                "a web page of \(entry.byteCount) bytes: a download has stored a login or error page",
                code: "model.is_html", remedy: fetches)
        }
        if entry.byteCount == 0 {
            return Finding(.problem, name, "empty", code: "model.empty", remedy: fetches)
        }
        if let needed, entry.byteCount < needed {
            return Finding(
                .problem, name, "cut off: \(entry.byteCount) of \(needed) bytes are there",
                code: "external_data.truncated", remedy: fetches)
        }
        return nil
    }

    private static func prefix(of path: String) -> [UInt8]? {
        guard let file = try? DiskFile(reading: path) else { return nil }
        var bytes = [UInt8](repeating: 0, count: FormatSniffer.prefixByteCount)
        let count = bytes.withUnsafeMutableBytes { try? file.read(at: 0, into: $0) }
        return count.map { Array(bytes.prefix($0)) }
    }
}
