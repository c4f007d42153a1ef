// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON
import ONNXTokenization

/// The parsed configuration files of a folder, and what they say together.
struct ConfigurationFiles {
    /// The end-of-sequence tokens that one file names.
    struct Ends {
        let file: String
        let key: String
        let tokens: Set<Int>
    }

    let folder: ModelFolder
    let genAI: JSONValue?
    let generation: JSONValue?
    let config: JSONValue?
    let tokenizerConfig: JSONValue?
    let specialTokens: JSONValue?
    let template: String?
    let ends: [Ends]

    init(_ path: String) throws(ONNXError) {
        let folder = try ModelFolder(path)
        self.folder = folder
        func read(_ name: String) throws(ONNXError) -> JSONValue? {
            guard folder.has(name) else { return nil }
            return try JSONValue(contentsOf: folder.file(name))
        }
        genAI = try read("genai_config.json")
        generation = try read("generation_config.json")
        config = try read("config.json")
        tokenizerConfig = try read("tokenizer_config.json")
        specialTokens = try read("special_tokens_map.json")
        var text: String?
        if folder.has("chat_template.jinja") {
            let bytes = try FileBytes.read(
                folder.file("chat_template.jinja"), byteLimit: 1 << 20, tooLarge: "template.too_large")
            text = String(decoding: bytes, as: UTF8.self)
        }
        template = text
        var ends: [Ends] = []
        func add(_ file: String, _ key: String, _ value: JSONValue?) {
            guard let value, !value.isNull else { return }
            let tokens = Set((value.arrayValue ?? [value]).compactMap(\.intValue))
            if !tokens.isEmpty { ends.append(Ends(file: file, key: key, tokens: tokens)) }
        }
        add("genai_config.json", "model.eos_token_id", genAI?["model"]?["eos_token_id"])
        add("generation_config.json", "eos_token_id", generation?["eos_token_id"])
        add("config.json", "eos_token_id", config?["eos_token_id"])
        if let name = folder.token("eos_token"), Tokenizer.isThere(folder: path) {
            let tokenizer = try Tokenizer(folder: path)
            if let id = tokenizer.tokenID(of: name) {
                ends.append(Ends(file: "tokenizer_config.json", key: "eos_token", tokens: [id]))
            }
        }
        self.ends = ends
    }

    /// All end-of-sequence tokens; each of them ends an answer.
    var endOfSequence: [Int] { Set(ends.flatMap(\.tokens)).sorted() }

    /// The context and where it comes from.
    var contextLength: (value: Int, source: String) {
        if let value = folder.generation.contextLength {
            return (value, "genai_config.json: model.context_length")
        }
        if let value = folder.generation.search.maximumLength { return (value, "max_length") }
        return (LanguageModel.defaultContextLength, "default")
    }

    /// Where the chat template comes from.
    var templateSource: String? {
        if template != nil { return "chat_template.jinja" }
        let value = tokenizerConfig?["chat_template"]
        return value == nil || value?.isNull == true ? nil : "tokenizer_config.json: chat_template"
    }

    /// What becomes of a file's end-of-sequence tokens.
    func explainEnds(_ file: String, _ key: String, _ value: JSONValue) -> SettingExplanation {
        guard let own = ends.first(where: { $0.file == file && $0.key == key }) else {
            return SettingExplanation(file, key, value, .ignored, "names no token number")
        }
        let others = ends.filter { $0.file != file && $0.tokens != own.tokens }
        guard !others.isEmpty else {
            return SettingExplanation(file, key, value, .acts, "ends an answer")
        }
        let list = others.map { "\($0.tokens.sorted()) in \($0.file)" }.joined(separator: ", ")
        return SettingExplanation(
            file, key, value, .contradicts,
            "\(own.tokens.sorted()) here, \(list); each of them ends an answer")
    }

    /// The values of a file that are no objects, with their dotted paths.
    static func leaves(_ json: JSONValue, below path: String = "") -> [(path: String, value: JSONValue)] {
        guard let object = json.objectValue, !object.keys.isEmpty else {
            return path.isEmpty ? [] : [(path, json)]
        }
        return zip(object.keys, object.values).flatMap { key, value in
            leaves(value, below: path.isEmpty ? key : "\(path).\(key)")
        }
    }
}
