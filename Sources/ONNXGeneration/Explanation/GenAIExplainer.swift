// SPDX-License-Identifier: Apache-2.0
import ONNXJSON

/// What becomes of the values of `genai_config.json`.
struct GenAIExplainer {
    private static let file = "genai_config.json"
    private let files: ConfigurationFiles

    init(_ files: ConfigurationFiles) { self.files = files }

    var values: [SettingExplanation] {
        guard let json = files.genAI else { return [] }
        let search = SearchExplainer(
            file: Self.file, search: files.folder.generation.search,
            contextLength: files.contextLength.value)
        return ConfigurationFiles.leaves(json).map { path, value in
            if path.hasPrefix("search."),
                let found = search.explain(path, String(path.dropFirst("search.".count)), value)
            {
                return found
            }
            return explain(path, value)
        }
    }

    private func explain(_ path: String, _ value: JSONValue) -> SettingExplanation {
        func result(_ outcome: SettingExplanation.Outcome, _ note: String = "") -> SettingExplanation {
            SettingExplanation(Self.file, path, value, outcome, note)
        }
        let decoder = "model.decoder."
        switch path {
        case "model.eos_token_id": return files.explainEnds(Self.file, path, value)
        case "model.context_length":
            return compared(path, value, "max_position_embeddings", "prompt and answer together")
        case "model.vocab_size":
            return compared(path, value, "vocab_size", "token numbers of prompts are checked")
        case "model.type": return result(.ignored, "the graph tells what the model computes")
        case "model.bos_token_id": return result(.ignored, "the tokenizer and the chat template put it")
        case "model.pad_token_id", "model.sep_token_id", "model.decoder_start_token_id":
            return result(.ignored, "nothing is padded or separated here")
        case decoder + "filename": return result(.acts, "the graph")
        case decoder + "num_hidden_layers":
            return compared(path, value, "num_hidden_layers", "the number of caches")
        case decoder + "num_key_value_heads":
            return compared(path, value, "num_key_value_heads", "where the graph leaves it open")
        case decoder + "head_size": return result(.acts, "where the graph leaves it open")
        case decoder + "hidden_size", decoder + "num_attention_heads":
            return result(.ignored, "the graph tells it")
        default:
            for prefix in ["inputs.", "outputs."] where path.hasPrefix(decoder + prefix) {
                return files.folder.generation.unknownKeys.contains(path)
                    ? result(.unknown) : result(.acts, "a name in the graph")
            }
            for part in ["session_options", "run_options", "sliding_window"]
            where path == decoder + part || path.hasPrefix(decoder + part + ".") {
                return result(
                    .ignored,
                    part == "sliding_window" ? "the graph tells its window" : "options of onnxruntime")
            }
            return result(.unknown)
        }
    }

    private func compared(
        _ path: String, _ value: JSONValue, _ key: String, _ note: String
    ) -> SettingExplanation {
        if let other = files.config?[key], let number = other.intValue, number != value.intValue {
            return SettingExplanation(
                Self.file, path, value, .contradicts,
                "config.json has \(number) for \(key); this value counts")
        }
        return SettingExplanation(Self.file, path, value, .acts, note)
    }
}
