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

/// The folder that a model's data files may stand in.
///
/// A name is opened below the folder of the model's path. A symbolic link may also lead into the folder of the
/// model's real path, because download caches keep every file as a link into a folder of blobs; any other way out is
/// refused.
package struct ExternalFolder {
    /// Which system calls keep the walk inside the folder.
    package enum Method: Sendable {
        case kernel
        /// For systems without `openat2`: resolve the path, then walk it without following links.
        case walking
    }

    let modelPath: String
    let folder: String
    let method: Method

    package init(modelPath: String, method: Method = .kernel) {
        self.modelPath = modelPath
        self.folder = ModelFile.split(modelPath).folder
        self.method = method
    }

    /// Opens the file of that name and checks that it is a regular file.
    ///
    /// - Throws: `external_data.missing` (without details), `.escapes`, `.not_regular`, `.hard_link`, or `io.*`.
    package func open(_ location: String, refusesHardLinks: Bool = false) throws(ONNXError) -> MappedFile {
        let descriptor = try descriptor(of: location)
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG,
            info.st_size > 0 || onnxlm_is_pseudo_file(descriptor) == 0
        else {
            close(descriptor)
            throw ONNXError(
                "external_data.not_regular",
                "The data file \"\(location)\" in \"\(folder)\" is not a regular file.")
        }
        if refusesHardLinks, info.st_nlink > 1 {
            close(descriptor)
            throw ONNXError(
                "external_data.hard_link",
                "The data file \"\(location)\" has \(info.st_nlink) hard links, which strict reading refuses."
            )
        }
        return try MappedFile(descriptor: descriptor, path: "\(folder)/\(location)")
    }

    private func descriptor(of location: String) throws(ONNXError) -> Int32 {
        guard method == .kernel else { return try resolvedDescriptor(of: location) }
        let root = onnxlm_open_folder(folder)
        guard root >= 0 else { throw error(location, -root) }
        defer { close(root) }
        let descriptor = onnxlm_open_beneath(root, location)
        if descriptor >= 0 { return descriptor }
        switch -descriptor {
        // A link that leads out, or a system that lacks the call or forbids it.
        case EXDEV, ENOSYS, EPERM, EINVAL, E2BIG, EAGAIN: return try resolvedDescriptor(of: location)
        default: throw error(location, -descriptor)
        }
    }

    private func resolvedDescriptor(of location: String) throws(ONNXError) -> Int32 {
        guard let real = ExternalFolder.realPath("\(folder)/\(location)") else {
            throw error(location, errno)
        }
        let roots = [
            ExternalFolder.realPath(folder),
            ExternalFolder.realPath(modelPath).map { ModelFile.split($0).folder },
        ]
        for case let root? in roots {
            let prefix = root.hasSuffix("/") ? root : root + "/"
            guard real.utf8.starts(with: prefix.utf8), real.utf8.count > prefix.utf8.count else { continue }
            let descriptor = onnxlm_open_folder(root)
            guard descriptor >= 0 else { throw error(location, -descriptor) }
            defer { close(descriptor) }
            let path = String(decoding: real.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
            let file = onnxlm_open_walking(descriptor, path)
            guard file >= 0 else { throw error(location, -file) }
            return file
        }
        throw ONNXError(
            "external_data.escapes",
            "The data file \"\(location)\" leads out of the model's folder \"\(folder)\". Put the file itself there."
        )
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private func error(_ location: String, _ number: Int32) -> ONNXError {
        switch number {
        case ENOENT, ENOTDIR:
            ONNXError("external_data.missing", "The data file \"\(location)\" is not in \"\(folder)\".")
        case ENXIO:
            ONNXError(
                "external_data.not_regular",
                "The data file \"\(location)\" in \"\(folder)\" is not a regular file.")
        default: MappedFile.openError("\(folder)/\(location)", number)
        }
    }
}
