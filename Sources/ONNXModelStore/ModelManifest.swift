// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
import ONNXJSON

/// What a model folder consists of and where it came from, as recorded in it when it was complete.
package struct ModelManifest: Sendable, Hashable {
    /// The name of the file that holds it.
    package static let fileName = ".onnxlm-manifest.json"

    /// A file of the model.
    package struct File: Sendable, Hashable {
        /// Relative to the folder.
        package var name: String
        package var byteCount: Int
        /// 64 hexadecimal digits.
        package var sha256: String

        package init(name: String, byteCount: Int, sha256: String) {
            self.name = name
            self.byteCount = byteCount
            self.sha256 = sha256
        }
    }

    /// `OWNER/NAME[/SUBFOLDER]`; nil for a folder that no hub is known of.
    package var model: String?
    /// The hub's base address.
    package var endpoint: String?
    /// The revision that was asked for, and the commit that it was then.
    package var revision: String?
    package var commit: String?
    package var files: [File]

    package init(
        model: String? = nil, endpoint: String? = nil, revision: String? = nil, commit: String? = nil,
        files: [File]
    ) {
        self.model = model
        self.endpoint = endpoint
        self.revision = revision
        self.commit = commit
        self.files = files
    }

    package var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

    /// Reads the manifest of a folder; nil where there is none.
    ///
    /// - Throws: `store.manifest` for one that cannot be understood.
    package init?(ofFolder folder: String) throws(ONNXError) {
        let path = "\(folder)/\(Self.fileName)"
        guard Disk.entry(path, followsLinks: true) != nil else { return nil }
        func refuse(_ why: String) -> ONNXError {
            ONNXError(
                "store.manifest",
                "\"\(path)\" is no manifest: \(why). \"onnxlm verify --record\" writes it anew from the files."
            )
        }
        let json: JSONValue
        do throws(ONNXError) { json = try JSONValue(contentsOf: path) } catch { throw refuse(error.message) }
        guard json["format"]?.intValue == 1, let rows = json["files"]?.arrayValue else {
            throw refuse("it has another format")
        }
        model = json["model"]?.stringValue
        endpoint = json["endpoint"]?.stringValue
        revision = json["revision"]?.stringValue
        commit = json["commit"]?.stringValue
        files = []
        for row in rows {
            guard let name = row["name"]?.stringValue, FileName.objection(to: name) == nil,
                let count = row["bytes"]?.intValue, count >= 0, let sum = row["sha256"]?.stringValue,
                Hexadecimal.isText(sum, count: 64)
            else { throw refuse("a file in it has no proper name, size or sum") }
            files.append(File(name: name, byteCount: count, sha256: sum))
        }
    }

    private var json: JSONValue {
        var object = JSONObject()
        object["format"] = .number(.integer(1))
        for (key, value) in [
            ("model", model), ("endpoint", endpoint), ("revision", revision), ("commit", commit),
        ] {
            if let value { object[key] = .string(value) }
        }
        object["files"] = .array(
            files.map {
                [
                    "name": .string($0.name), "bytes": .number(.integer($0.byteCount)),
                    "sha256": .string($0.sha256),
                ]
            })
        return .object(object)
    }

    /// Writes the manifest into a folder, whole or not at all.
    ///
    /// - Throws: `io.*`.
    package func write(toFolder folder: String) throws(ONNXError) {
        try DiskFile.writeWhole(json.jsonText(style: .indented) + "\n", to: "\(folder)/\(Self.fileName)")
    }
}
