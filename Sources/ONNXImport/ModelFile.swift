// SPDX-License-Identifier: Apache-2.0
import CONNXSystem
package import ONNXErrors
package import ONNXTensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A model file on disk, found and mapped.
package struct ModelFile: Sendable {
    /// The file's path; the given one, or `model.onnx` in the given folder.
    package let path: String
    package let file: MappedFile

    /// Finds the model file at `path`, which is the file or its folder, maps it and looks at its first bytes.
    ///
    /// - Throws: `model.not_found`, `model.not_regular`, `model.too_large`, `model.empty`, `model.lfs_pointer`,
    ///   `model.is_html`, `model.wrong_format`, or an `io.*` error.
    package init(path: String, options: ImportOptions) throws(ONNXError) {
        let location = try ModelFile.locate(path)
        let file = try ModelFile.open(location, refusesHardLinks: options.refusesHardLinks)
        guard file.byteCount <= options.limits.fileByteCount else {
            throw ONNXError(
                "model.too_large",
                "\"\(location)\" has \(ByteText.describe(file.byteCount)); a model file may have \(options.limits.fileByteCount). Save the tensors as external data."
            )
        }
        if let error = FormatSniffer.modelError(path: location, bytes: file.bytes) { throw error }
        self.path = location
        self.file = file
    }

    /// Opens and maps a regular file.
    ///
    /// - Throws: `model.not_found`, `model.not_regular`, `io.*`, and `model.hard_link` where asked for.
    package static func open(_ path: String, refusesHardLinks: Bool = false) throws(ONNXError) -> MappedFile {
        guard !path.utf8.contains(0) else { throw nulInPath }
        #if canImport(Darwin)
            let descriptor = Darwin.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        #elseif canImport(Musl)
            let descriptor = Musl.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        #else
            let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        #endif
        guard descriptor >= 0 else {
            let number = errno
            if number == ENXIO { throw notRegular(path) }
            throw MappedFile.openError(path, number)
        }
        var info = stat()
        let isExamined = fstat(descriptor, &info) == 0
        if isExamined, info.st_size == 0, onnxlm_is_pseudo_file(descriptor) != 0 {
            close(descriptor)
            throw notRegular(path)
        }
        if isExamined, refusesHardLinks, info.st_nlink > 1 {
            close(descriptor)
            throw ONNXError("model.hard_link", "\"\(path)\" has \(info.st_nlink) hard links.")
        }
        return try MappedFile(descriptor: descriptor, path: path)
    }

    private static var nulInPath: ONNXError {
        ONNXError("model.not_found", "A path cannot contain a NUL byte.")
    }

    private static func notRegular(_ path: String) -> ONNXError {
        ONNXError("model.not_regular", "\"\(path)\" is not a regular file.")
    }

    private static func locate(_ path: String) throws(ONNXError) -> String {
        guard !path.utf8.contains(0) else { throw nulInPath }
        var info = stat()
        guard stat(path, &info) == 0 else {
            let number = errno
            guard number == ENOENT || number == ENOTDIR else { throw MappedFile.openError(path, number) }
            let (folder, name) = split(path)
            let hint = FolderListing.similarName(to: name, in: folder).map { " Is \"\($0)\" meant?" } ?? ""
            throw ONNXError("model.not_found", "There is no file or folder \"\(path)\".\(hint)")
        }
        guard info.st_mode & S_IFMT == S_IFDIR else { return path }
        let file = path.hasSuffix("/") ? path + "model.onnx" : path + "/model.onnx"
        if stat(file, &info) == 0 || errno != ENOENT { return file }
        let others = FolderListing.names(in: path).filter { $0.hasSuffix(".onnx") }
        let hint =
            others.isEmpty
            ? "It holds no .onnx file at all."
            : "It holds \(others.prefix(10).map { "\"\($0)\"" }.joined(separator: ", ")): name the file itself."
        throw ONNXError("model.not_found", "There is no \"model.onnx\" in the folder \"\(path)\". \(hint)")
    }

    /// The folder and the name of a path; the folder is `.` when there is none.
    static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = path[..<slash]
        return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
    }
}
