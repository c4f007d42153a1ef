// SPDX-License-Identifier: Apache-2.0

/// The JSON files beside a decoder's graph.
package enum DecoderFolder {
    /// `genai_config.json`: what onnxruntime-genai and this package need to run the graph.
    package static func genaiConfiguration(
        _ configuration: DecoderConfiguration, generation: BuilderGeneration
    ) -> JSONOutput {
        let decoder: [(String, JSONOutput)] = [
            ("session_options", ["log_id": "onnxruntime-genai", "provider_options": []]),
            ("filename", "model.onnx"),
            ("head_size", .int(configuration.headSize)),
            ("hidden_size", .int(configuration.hiddenSize)),
            (
                "inputs",
                [
                    "input_ids": "input_ids", "attention_mask": "attention_mask",
                    "past_key_names": "past_key_values.%d.key",
                    "past_value_names": "past_key_values.%d.value",
                ]
            ),
            (
                "outputs",
                [
                    "logits": "logits", "present_key_names": "present.%d.key",
                    "present_value_names": "present.%d.value",
                ]
            ),
            ("num_attention_heads", .int(configuration.headCount)),
            ("num_hidden_layers", .int(configuration.layerCount)),
            ("num_key_value_heads", .int(configuration.keyValueHeadCount)),
        ]
        var model: [(String, JSONOutput)] = []
        if let token = configuration.beginToken { model.append(("bos_token_id", .int(token))) }
        model.append(("context_length", .int(configuration.contextLength)))
        model.append(("decoder", .object(decoder)))
        model.append(("eos_token_id", endTokens(configuration)))
        model.append(("pad_token_id", .int(configuration.paddingToken ?? configuration.endTokens.first ?? 0)))
        model.append(("type", .string(configuration.modelType)))
        model.append(("vocab_size", .int(configuration.vocabularySize)))
        let search: JSONOutput = [
            "diversity_penalty": 0.0, "do_sample": false, "early_stopping": true, "length_penalty": 1.0,
            "max_length": .int(configuration.contextLength), "min_length": 0, "no_repeat_ngram_size": 0,
            "num_beams": 1, "num_return_sequences": 1, "past_present_share_buffer": true,
            "repetition_penalty": 1.0, "temperature": 1.0, "top_k": generation == .v07 ? 1 : 50,
            "top_p": 1.0,
        ]
        return .object([("model", .object(model)), ("search", search)])
    }

    /// `config.json`: the sizes, in the words of Hugging Face.
    package static func modelConfiguration(_ configuration: DecoderConfiguration) -> JSONOutput {
        var members: [(String, JSONOutput)] = [
            ("architectures", [.string(configuration.architecture)]),
            ("model_type", .string(configuration.modelType)),
            ("hidden_act", "silu"),
            ("hidden_size", .int(configuration.hiddenSize)),
            ("intermediate_size", .int(configuration.intermediateSize)),
            ("num_hidden_layers", .int(configuration.layerCount)),
            ("num_attention_heads", .int(configuration.headCount)),
            ("num_key_value_heads", .int(configuration.keyValueHeadCount)),
            ("head_dim", .int(configuration.headSize)),
            ("vocab_size", .int(configuration.vocabularySize)),
            ("max_position_embeddings", .int(configuration.contextLength)),
            ("rms_norm_eps", .double(Double("\(configuration.normEpsilon)") ?? 1e-5)),
            ("rope_theta", .double(configuration.rotary.base)),
            ("tie_word_embeddings", .bool(configuration.tiesEmbeddings)),
        ]
        if let token = configuration.beginToken { members.append(("bos_token_id", .int(token))) }
        members.append(("eos_token_id", endTokens(configuration)))
        if let token = configuration.paddingToken { members.append(("pad_token_id", .int(token))) }
        return .object(members)
    }

    private static func endTokens(_ configuration: DecoderConfiguration) -> JSONOutput {
        if configuration.endTokens.count == 1 { return .int(configuration.endTokens[0]) }
        return .array(configuration.endTokens.map { .int($0) })
    }
}
