// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
import ONNXImport
import ONNXJSON

/// Whether a model folder has all its files in all their length.
package enum FolderCompleteness {
    /// What is missing, a sentence each; empty for a complete folder.
    package static func problems(_ folder: String) -> [String] {
        let manifest: ModelManifest?
        do throws(ONNXError) { manifest = try ModelManifest(ofFolder: folder) } catch {
            return [error.message]
        }
        if let manifest {
            return manifest.files.compactMap { file in
                problem(file.name, needed: file.byteCount, exactly: true, in: folder)
            }
        }
        do throws(ONNXError) {
            return try dataFiles(of: folder).compactMap { file in
                problem(file.location, needed: file.neededByteCount, exactly: false, in: folder)
            }
        } catch {
            return [error.message]
        }
    }

    /// The data files that the model file of a folder needs, with the bytes that each must have.
    ///
    /// - Throws: what reading the model file throws.
    package static func dataFiles(
        of folder: String
    ) throws(ONNXError) -> [(location: String, neededByteCount: Int)] {
        try ModelReader.read(
            path: modelFile(of: folder), options: ImportOptions(externalData: .skipped)
        ).report.dataFiles.map { ($0.location, $0.neededByteCount) }
    }

    /// The model file of a folder: the one that `genai_config.json` names, else `model.onnx`.
    package static func modelFile(of folder: String) -> String {
        let json = try? JSONValue(contentsOf: "\(folder)/genai_config.json")
        let name = json?["model"]?["decoder"]?["filename"]?.stringValue ?? "model.onnx"
        return "\(folder)/\(FileName.objection(to: name) == nil ? name : "model.onnx")"
    }

    private static func problem(
        _ name: String, needed: Int, exactly: Bool, in folder: String
    ) -> String? {
        guard let entry = Disk.entry("\(folder)/\(name)", followsLinks: true) else {
            return "\"\(name)\" is missing (\(needed) bytes)"
        }
        guard entry.kind == .file else { return "\"\(name)\" is no file" }
        if entry.byteCount < needed { return "\"\(name)\" has \(entry.byteCount) of \(needed) bytes" }
        guard exactly, entry.byteCount != needed else { return nil }
        return "\"\(name)\" has \(entry.byteCount) bytes instead of \(needed)"
    }
}
