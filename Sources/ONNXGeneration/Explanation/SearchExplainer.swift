// SPDX-License-Identifier: Apache-2.0
import ONNXJSON

/// What becomes of the values that say how tokens are chosen, in `genai_config.json` or, where that is missing, in
/// `generation_config.json`.
struct SearchExplainer {
    private static let sampling = ["temperature", "top_k", "top_p", "min_p", "typical_p"]
    /// What changes nothing.
    private static let neutral: [String: Double] = [
        "temperature": 1, "top_p": 1, "min_p": 0, "typical_p": 1, "repetition_penalty": 1,
        "no_repeat_ngram_size": 0,
        "min_length": 0, "min_new_tokens": 0, "num_beams": 1, "num_beam_groups": 1, "num_return_sequences": 1,
        "diversity_penalty": 0, "length_penalty": 1,
    ]
    private static let beams = ["length_penalty", "early_stopping", "diversity_penalty", "num_beam_groups"]

    let file: String
    let search: GenerationConfig.Search
    let contextLength: Int

    /// Nil for a key that is none of these.
    func explain(_ path: String, _ key: String, _ value: JSONValue) -> SettingExplanation? {
        func result(_ outcome: SettingExplanation.Outcome, _ note: String = "") -> SettingExplanation {
            SettingExplanation(file, path, value, outcome, note)
        }
        guard !value.isNull else { return result(.ignored, "null says nothing") }
        if Self.sampling.contains(key) { return result(sampling(key, value).0, sampling(key, value).1) }
        if Self.beams.contains(key), search.beamCount == 1 { return result(.ignored, "num_beams is 1") }
        switch key {
        case "do_sample":
            guard search.doSample, search.beamCount > 1 else {
                return result(.acts, search.doSample ? "tokens are drawn" : "the likeliest token is taken")
            }
            return result(
                .contradicts, "num_beams is \(search.beamCount); sampling and beams exclude each other")
        case "num_beams" where search.beamCount > 1 && search.doSample:
            return result(.contradicts, "do_sample is true; sampling and beams exclude each other")
        case "num_return_sequences" where search.returnedCount > search.beamCount && !search.doSample:
            return result(
                .contradicts, "num_beams is \(search.beamCount); no more sequences than beams come back")
        case "diversity_penalty" where search.beamGroupCount == 1:
            return result(.ignored, "num_beam_groups is 1")
        case "max_length":
            guard let length = value.intValue, length > contextLength else {
                return result(.acts, "tokens, prompt included")
            }
            return result(.overridden, "the context holds \(contextLength)")
        case "max_new_tokens": return result(.acts, "new tokens at most")
        case "random_seed":
            return result(
                .acts, search.seed == nil ? "each answer has another seed" : "answers repeat themselves")
        case "past_present_share_buffer", "batch_size", "chunk_size":
            return result(.ignored, "how onnxruntime-genai lays out its buffers")
        case "early_stopping": return result(.acts)
        default:
            guard let neutral = Self.neutral[key] else { return nil }
            return result(.acts, value.doubleValue == neutral ? "without effect at this value" : "")
        }
    }

    private func sampling(_ key: String, _ value: JSONValue) -> (SettingExplanation.Outcome, String) {
        if search.doSample {
            if search.topK == 1 || search.temperature == 0, key != "top_k", key != "temperature" {
                return (.overridden, "top_k 1 or temperature 0 takes the likeliest token")
            }
            if key == "top_p", let value = value.doubleValue, value <= 0 {
                return (.ignored, "0 means no top-p")
            }
            return (.acts, value.doubleValue == Self.neutral[key] ? "without effect at this value" : "")
        }
        let usual = key == "top_k" ? [0, 50] : [Self.neutral[key] ?? 0]
        guard let number = value.doubleValue, !usual.contains(number) else {
            return (.ignored, "do_sample is false")
        }
        return (.contradicts, "do_sample is false, so that this value does not count")
    }
}
