// SPDX-License-Identifier: Apache-2.0
import ONNXJSON

/// What becomes of the values of `generation_config.json` and `config.json`.
struct TransformersExplainer {
    private let files: ConfigurationFiles

    init(_ files: ConfigurationFiles) { self.files = files }

    var values: [SettingExplanation] { generationValues + configValues }

    private var generationValues: [SettingExplanation] {
        let file = "generation_config.json"
        guard let json = files.generation else { return [] }
        let search = SearchExplainer(
            file: file, search: files.folder.generation.search, contextLength: files.contextLength.value)
        return ConfigurationFiles.leaves(json).map { path, value in
            if path == "eos_token_id" { return files.explainEnds(file, path, value) }
            guard let found = search.explain(path, path, value) else {
                let isKnown = ["bos_token_id", "pad_token_id", "transformers_version", "_from_model_config"]
                    .contains(path)
                return SettingExplanation(file, path, value, isKnown ? .ignored : .unknown)
            }
            guard let genAI = files.genAI else { return found }
            guard let other = genAI["search"]?[path], !other.isNull, !value.isNull, other != value,
                other.doubleValue == nil || other.doubleValue != value.doubleValue
            else {
                return SettingExplanation(file, path, value, .overridden, "genai_config.json decides")
            }
            return SettingExplanation(
                file, path, value, .contradicts,
                "genai_config.json has \(other.jsonText()) for search.\(path), which counts")
        }
    }

    private var configValues: [SettingExplanation] {
        let file = "config.json"
        guard let json = files.config else { return [] }
        let genAI = files.genAI?["model"]
        let pairs: [String: JSONValue?] = [
            "max_position_embeddings": genAI?["context_length"], "vocab_size": genAI?["vocab_size"],
            "num_hidden_layers": genAI?["decoder"]?["num_hidden_layers"],
            "num_key_value_heads": genAI?["decoder"]?["num_key_value_heads"],
            "num_attention_heads": genAI?["decoder"]?["num_attention_heads"],
            "hidden_size": genAI?["decoder"]?["hidden_size"], "bos_token_id": genAI?["bos_token_id"],
            "pad_token_id": genAI?["pad_token_id"],
        ]
        return ConfigurationFiles.leaves(json).map { path, value in
            if path == "eos_token_id" { return files.explainEnds(file, path, value) }
            if let other = pairs[path] ?? nil, let number = other.intValue, !value.isNull,
                number != value.intValue
            {
                return SettingExplanation(
                    file, path, value, .contradicts, "genai_config.json has \(number), which counts")
            }
            return SettingExplanation(file, path, value, .ignored, "the graph and genai_config.json decide")
        }
    }
}
