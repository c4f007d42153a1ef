// SPDX-License-Identifier: Apache-2.0
import ONNXJSON

/// What becomes of the values of `tokenizer_config.json`, `special_tokens_map.json` and `chat_template.jinja`.
struct TokenizerExplainer {
    private let files: ConfigurationFiles

    init(_ files: ConfigurationFiles) { self.files = files }

    var values: [SettingExplanation] { configValues + mapValues + templateValues }

    private var configValues: [SettingExplanation] {
        guard let object = files.tokenizerConfig?.objectValue else { return [] }
        return zip(object.keys, object.values).map { explain($0, $1) }
    }

    private func explain(_ key: String, _ value: JSONValue) -> SettingExplanation {
        let file = "tokenizer_config.json"
        func result(_ outcome: SettingExplanation.Outcome, _ note: String = "") -> SettingExplanation {
            SettingExplanation(file, key, value, outcome, note)
        }
        guard !value.isNull else { return result(.ignored, "null says nothing") }
        switch key {
        case "eos_token":
            let ends = files.explainEnds(file, key, value)
            return ends.outcome == .ignored
                ? result(.acts, "for the chat template; no token of the vocabulary") : ends
        case "bos_token": return result(.acts, "for the chat template")
        case "chat_template":
            guard let template = files.template else {
                return result(.acts, value.arrayValue == nil ? "" : "the one named default")
            }
            return value.stringValue == template
                ? result(.overridden, "chat_template.jinja says the same")
                : result(.contradicts, "chat_template.jinja is another, and counts")
        case "model_max_length":
            guard let length = value.doubleValue, length < Double(files.contextLength.value) else {
                return result(.ignored, "the context length decides")
            }
            return result(.contradicts, "the context length is \(files.contextLength.value), which counts")
        case "add_bos_token", "add_eos_token", "add_prefix_space", "added_tokens_decoder", "normalizer",
            "additional_special_tokens", "extra_special_tokens":
            return result(.ignored, "tokenizer.json decides")
        default: return result(.ignored, "only transformers reads it")
        }
    }

    private var mapValues: [SettingExplanation] {
        guard let object = files.specialTokens?.objectValue else { return [] }
        return zip(object.keys, object.values).map { key, value in
            func text(_ value: JSONValue?) -> String? { value?.stringValue ?? value?["content"]?.stringValue }
            let other = text(files.tokenizerConfig?[key])
            if let own = text(value), let other, own != other {
                return SettingExplanation(
                    "special_tokens_map.json", key, value, .contradicts,
                    "tokenizer_config.json has \"\(other)\", which counts")
            }
            return SettingExplanation(
                "special_tokens_map.json", key, value, .ignored,
                "tokenizer_config.json and tokenizer.json decide")
        }
    }

    private var templateValues: [SettingExplanation] {
        guard let template = files.template else { return [] }
        return [
            SettingExplanation(
                "chat_template.jinja", "", .string("\(template.utf8.count) bytes"), .acts, "the chat template"
            )
        ]
    }
}
