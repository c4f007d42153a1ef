// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

/// A model that is on this machine, whole or not.
package struct StoredModel: Sendable {
    package enum Place: String, Sendable {
        /// In the store.
        case store
        /// In the store as a link to a folder elsewhere.
        case linked
        /// In the cache of huggingface_hub.
        case huggingFace = "hugging face cache"
        /// A download that has not ended.
        case partial
    }

    package let name: String
    package let path: String
    package let place: Place
    private let store: ModelStore

    init(name: String, path: String, place: Place, store: ModelStore) {
        self.name = name
        self.path = path
        self.place = place
        self.store = store
    }

    /// The folder without symbolic links.
    package var realPath: String { Disk.realPath(path) ?? path }

    /// What was recorded when the model was complete; nil where nothing was, or nothing that can be read.
    package var manifest: ModelManifest? { (try? ModelManifest(ofFolder: path)).flatMap { $0 } }

    package var byteCount: Int { Disk.byteCount(ofFolder: path) }

    /// Seconds since 1970 of the last use; nil when it was never used.
    package var lastUsed: Int? { Disk.entry(store.usedMark(of: name))?.modified }

    /// The kind of model, such as `phi3`; empty when no configuration tells.
    package var type: String {
        for (file, keys) in [("genai_config.json", ["model", "type"]), ("config.json", ["model_type"])] {
            guard let json = try? JSONValue(contentsOf: "\(path)/\(file)") else { continue }
            var value: JSONValue? = json
            for key in keys { value = value?[key] }
            if let text = value?.stringValue { return text }
        }
        return ""
    }

    /// What is missing from the model; empty for a complete one.
    ///
    /// Sizes are compared, nothing is read but the model file; see ``ModelVerification`` for the rest.
    package func problems() -> [String] {
        if place == .partial {
            let (done, total) = PartialModel(path: path)?.progress ?? (0, 0)
            return ["\(done) of \(total) bytes are downloaded"]
        }
        return FolderCompleteness.problems(path)
    }
}
