// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXJSON
import ONNXTokenization

/// What each value in the configuration files beside a model does here, and where each setting comes from.
package struct ModelExplanation: Sendable {
    /// A setting as it is in effect without options of the caller's.
    package struct Setting: Sendable, Hashable {
        package let name: String
        package let value: JSONValue
        /// A file and key, or `default`.
        package let source: String
    }

    package let path: String
    /// File by file, in the order of the files.
    package private(set) var values: [SettingExplanation] = []
    package private(set) var settings: [Setting] = []

    /// Reads a folder's configuration files; the graph is not looked at.
    ///
    /// - Throws: `model.not_found`; `json.*` and `config.type` naming the file; `tokenizer.*`.
    package init(_ path: String) throws(ONNXError) {
        self.path = path
        let files = try ConfigurationFiles(path)
        values += GenAIExplainer(files).values
        values += TransformersExplainer(files).values
        values += TokenizerExplainer(files).values
        settings = Self.settings(files)
    }

    private static func settings(_ files: ConfigurationFiles) -> [Setting] {
        let config = files.folder.generation
        let search = config.search
        let hasOwn = files.genAI != nil
        let file = hasOwn ? "genai_config.json" : "generation_config.json"
        func source(_ key: String) -> String {
            let root = hasOwn ? files.genAI?["search"] : files.generation
            guard let value = root?[key], !value.isNull else { return "default" }
            return hasOwn ? "\(file): search.\(key)" : "\(file): \(key)"
        }
        func number(_ value: Float) -> JSONValue { .number(JSONNumber(Double("\(value)") ?? 0)) }
        func integer(_ value: Int) -> JSONValue { .number(.integer(value)) }
        func sampled(_ name: String, _ value: JSONValue) -> Setting {
            Setting(
                name: name, value: value,
                source: search.doSample ? source(name) : "default, without do_sample")
        }
        let effective = SearchSettings(GenerationOptions(), defaults: search)
        let context = files.contextLength
        var result = [
            Setting(name: "context_length", value: integer(context.value), source: context.source),
            Setting(
                name: "eos_token_id", value: .array(files.endOfSequence.map(integer)),
                source: files.ends.map(\.file).joined(separator: ", ")),
            Setting(name: "do_sample", value: .bool(effective.samples), source: source("do_sample")),
            sampled("temperature", number(effective.temperature)), sampled("top_k", integer(effective.topK)),
            sampled("top_p", number(effective.topP)), sampled("min_p", number(effective.minP)),
            sampled("typical_p", number(effective.typicalP)),
        ]
        for (name, value) in [
            ("repetition_penalty", number(effective.repetitionPenalty)),
            ("no_repeat_ngram_size", integer(effective.noRepeatNgramSize)),
            ("min_length", integer(effective.minimumLength)),
            ("max_length", integer(min(effective.maximumLength ?? context.value, context.value))),
            ("num_beams", integer(effective.beamCount)),
            ("num_return_sequences", integer(effective.returnedCount)),
            ("length_penalty", number(effective.lengthPenalty)),
            ("diversity_penalty", number(effective.diversityPenalty)),
            ("early_stopping", .bool(effective.stopsEarly)),
        ] {
            result.append(Setting(name: name, value: value, source: source(name)))
        }
        if let template = files.templateSource {
            result.append(Setting(name: "chat_template", value: .string("…"), source: template))
        }
        return result
    }
}
