// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXJSON

/// What `genai_config.json` says of a decoder: names of inputs and outputs, sizes, special tokens, search defaults.
///
/// Unknown keys are ignored and listed in ``unknownKeys``. Format: the configuration reference of onnxruntime-genai,
/// <https://onnxruntime.ai/docs/genai/reference/config.html>.
package struct GenerationConfig: Sendable {
    /// The value names of the decoder's graph; `%d` in a pattern stands for the layer.
    package struct Names: Sendable, Hashable {
        package var inputIDs = "input_ids"
        package var attentionMask = "attention_mask"
        package var positionIDs = "position_ids"
        package var pastKeys = "past_key_values.%d.key"
        package var pastValues = "past_key_values.%d.value"
        package var logits = "logits"
        package var hiddenStates = "hidden_states"
        package var presentKeys = "present.%d.key"
        package var presentValues = "present.%d.value"
        /// States whose size does not grow, of short convolutions and of linear attention: before and after a step.
        package var states = [
            State(past: "past.%d.conv", present: "present.%d.conv"),
            State(past: "past.%d.recurrent", present: "present.%d.recurrent"),
        ]

        package struct State: Sendable, Hashable {
            package var past: String
            package var present: String
        }
    }

    package var modelType = ""
    package var fileName = "model.onnx"
    package var vocabularySize: Int?
    package var contextLength: Int?
    package var beginOfSequence: Int?
    package var endOfSequence: [Int] = []
    package var layerCount: Int?
    package var keyValueHeadCount: Int?
    package var headSize: Int?
    package var names = Names()
    package var search = Search()
    /// Keys of the file that nothing here reads, as dotted paths.
    package private(set) var unknownKeys: [String] = []

    /// The configuration of a folder without `genai_config.json`.
    package init() {}

    /// Reads a parsed file.
    ///
    /// - Throws: `config.type` naming the key whose value has the wrong type.
    package init(_ json: JSONValue) throws(ONNXError) {
        guard json.objectValue != nil else {
            throw ONNXError("config.type", "genai_config.json holds \(json.kindName); an object is expected.")
        }
        var reader = SettingReader(json, fileName: "genai_config.json")
        modelType = try reader.string("model.type") ?? ""
        vocabularySize = try reader.int("model.vocab_size")
        contextLength = try reader.int("model.context_length")
        beginOfSequence = try reader.ints("model.bos_token_id")?.first
        endOfSequence = try reader.ints("model.eos_token_id") ?? []
        reader.ignore("model.pad_token_id", "model.sep_token_id", "model.decoder_start_token_id")
        let decoder = "model.decoder."
        fileName = try reader.string(decoder + "filename") ?? fileName
        layerCount = try reader.int(decoder + "num_hidden_layers")
        keyValueHeadCount = try reader.int(decoder + "num_key_value_heads")
        headSize = try reader.int(decoder + "head_size")
        reader.ignore(
            decoder + "num_attention_heads", decoder + "hidden_size", decoder + "session_options",
            decoder + "run_options", decoder + "sliding_window", decoder + "layer_types",
            decoder + "conv_cache_size", decoder + "state_groups")
        names.inputIDs = try reader.string(decoder + "inputs.input_ids") ?? names.inputIDs
        names.attentionMask = try reader.string(decoder + "inputs.attention_mask") ?? names.attentionMask
        names.positionIDs = try reader.string(decoder + "inputs.position_ids") ?? names.positionIDs
        names.pastKeys = try reader.string(decoder + "inputs.past_key_names") ?? names.pastKeys
        names.pastValues = try reader.string(decoder + "inputs.past_value_names") ?? names.pastValues
        names.logits = try reader.string(decoder + "outputs.logits") ?? names.logits
        names.hiddenStates = try reader.string(decoder + "outputs.hidden_states") ?? names.hiddenStates
        names.presentKeys = try reader.string(decoder + "outputs.present_key_names") ?? names.presentKeys
        names.presentValues =
            try reader.string(decoder + "outputs.present_value_names") ?? names.presentValues
        for (index, kind) in ["conv", "recurrent"].enumerated() {
            let past = try reader.string(decoder + "inputs.past_\(kind)_names")
            let present = try reader.string(decoder + "outputs.present_\(kind)_names")
            names.states[index].past = past ?? names.states[index].past
            names.states[index].present = present ?? names.states[index].present
        }
        search = try Search(&reader, under: "search.")
        unknownKeys = reader.unreadKeys
    }
}
