// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

extension GenerationConfig {
    /// Defaults for choosing tokens: the block `search` of `genai_config.json`, or what `generation_config.json` says.
    package struct Search: Sendable, Hashable {
        package var doSample = false
        package var maximumLength: Int?
        package var maximumTokens: Int?
        package var minimumLength = 0
        package var minimumTokens = 0
        package var temperature: Float = 1
        package var topK = 0
        package var topP: Float = 1
        package var minP: Float = 0
        package var typicalP: Float = 1
        package var repetitionPenalty: Float = 1
        package var noRepeatNgramSize = 0
        package var beamCount = 1
        package var beamGroupCount = 1
        package var returnedCount = 1
        package var lengthPenalty: Float = 1
        package var diversityPenalty: Float = 0
        /// Whether beam search ends with as many complete sequences as beams.
        package var stopsEarly = true
        package var seed: UInt64?

        /// Greedy search.
        package init() {}

        /// Keys of `genai_config.json` that say nothing here: how buffers are laid out.
        static let withoutMeaning = ["past_present_share_buffer", "batch_size", "chunk_size"]

        /// Reads the keys below a prefix. A top-k that is not given is 50 and a top-p of 0 is none, as for
        /// onnxruntime-genai.
        ///
        /// - Throws: `config.type`.
        init(_ reader: inout SettingReader, under prefix: String) throws(ONNXError) {
            func key(_ name: String) -> String { prefix + name }
            doSample = try reader.bool(key("do_sample")) ?? doSample
            maximumLength = try reader.int(key("max_length")).flatMap { $0 > 0 ? $0 : nil }
            maximumTokens = try reader.int(key("max_new_tokens"))
            minimumLength = try reader.int(key("min_length")) ?? minimumLength
            minimumTokens = try reader.int(key("min_new_tokens")) ?? minimumTokens
            temperature = try reader.float(key("temperature")) ?? temperature
            topK = try reader.int(key("top_k")) ?? 50
            topP = try reader.float(key("top_p")).flatMap { $0 > 0 ? $0 : nil } ?? topP
            minP = try reader.float(key("min_p")) ?? minP
            typicalP = try reader.float(key("typical_p")) ?? typicalP
            repetitionPenalty = try reader.float(key("repetition_penalty")) ?? repetitionPenalty
            noRepeatNgramSize = try reader.int(key("no_repeat_ngram_size")) ?? noRepeatNgramSize
            beamCount = try reader.int(key("num_beams")) ?? beamCount
            beamGroupCount = try reader.int(key("num_beam_groups")) ?? beamGroupCount
            returnedCount = try reader.int(key("num_return_sequences")) ?? returnedCount
            lengthPenalty = try reader.float(key("length_penalty")) ?? lengthPenalty
            diversityPenalty = try reader.float(key("diversity_penalty")) ?? diversityPenalty
            stopsEarly = try reader.early(key("early_stopping")) ?? stopsEarly
            seed = try reader.int(key("random_seed")).flatMap { UInt64(exactly: $0) }
            for name in Self.withoutMeaning { reader.ignore(key(name)) }
        }

        /// What `generation_config.json` of transformers says, for folders without `genai_config.json`.
        ///
        /// - Throws: `config.type`.
        init(transformers json: JSONValue) throws(ONNXError) {
            var reader = SettingReader(json, fileName: "generation_config.json")
            self = try Search(&reader, under: "")
            if json["early_stopping"] == nil { stopsEarly = false }
        }
    }
}
