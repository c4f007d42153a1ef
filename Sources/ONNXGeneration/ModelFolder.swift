// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXJSON

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The configuration files beside a model: which are there, and what they say together.
package struct ModelFolder: Sendable {
    package let path: String
    package let generation: GenerationConfig
    /// End-of-sequence tokens of all configuration files together, sorted.
    package let endOfSequence: [Int]
    /// `tokenizer_config.json`, or an empty object.
    package let tokenizerConfig: JSONValue

    /// Reads the configuration files of a folder; each may be missing.
    ///
    /// - Throws: `model.not_found` when there is no folder, `json.*` and `config.type` naming the file.
    package init(_ path: String) throws(ONNXError) {
        var info = stat()
        guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
            throw ONNXError("model.not_found", "There is no model folder \"\(path)\".")
        }
        self.path = path
        let transformers = try Self.read(path, "generation_config.json")
        if let json = try Self.read(path, "genai_config.json") {
            generation = try GenerationConfig(json)
        } else {
            var config = GenerationConfig()
            if let transformers { config.search = try GenerationConfig.Search(transformers: transformers) }
            generation = config
        }
        tokenizerConfig = try Self.read(path, "tokenizer_config.json") ?? [:]
        var ends = Set(self.generation.endOfSequence)
        for json in [transformers, try Self.read(path, "config.json")] {
            guard let value = json?["eos_token_id"] else { continue }
            for element in value.arrayValue ?? [value] {
                if let token = element.intValue { ends.insert(token) }
            }
        }
        endOfSequence = ends.sorted()
    }

    /// The path of a file in the folder.
    package func file(_ name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }

    /// Whether the folder has the file.
    package func has(_ name: String) -> Bool { access(file(name), F_OK) == 0 }

    /// The text of a token that `tokenizer_config.json` names, such as `eos_token`: a string, or an object with
    /// `content`.
    package func token(_ key: String) -> String? {
        let value = tokenizerConfig[key]
        return value?.stringValue ?? value?["content"]?.stringValue
    }

    private static func read(_ path: String, _ name: String) throws(ONNXError) -> JSONValue? {
        let file = path.hasSuffix("/") ? path + name : path + "/" + name
        guard access(file, F_OK) == 0 else { return nil }
        return try JSONValue(contentsOf: file)
    }
}
