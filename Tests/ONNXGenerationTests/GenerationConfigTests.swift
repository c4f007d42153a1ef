// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGeneration
import ONNXJSON
import Testing

struct GenerationConfigTests {
    @Test func readsWhatTheBuilderWrites() throws {
        let config = try GenerationConfig(
            JSONValue.parse(
                """
                {"model": {"bos_token_id": 1, "eos_token_id": [2, 7], "pad_token_id": 1, "type": "phi3",
                  "context_length": 4096, "vocab_size": 300, "decoder": {"filename": "decoder.onnx",
                  "head_size": 32, "num_hidden_layers": 2, "num_key_value_heads": 4, "num_attention_heads": 8,
                  "hidden_size": 64, "session_options": {"log_id": "x"}, "inputs": {"input_ids": "ids"},
                  "outputs": {"logits": "scores"}}},
                 "search": {"do_sample": true, "top_k": 50, "top_p": 0.9, "temperature": 0.6, "max_length": 1000,
                  "diversity_penalty": 0.5, "odd": 1, "random_seed": -1, "min_length": 3}, "engine": {"a": {"b": 1}}}
                """))
        #expect(config.endOfSequence == [2, 7])
        #expect(config.fileName == "decoder.onnx")
        #expect(config.names.inputIDs == "ids")
        #expect(config.names.logits == "scores")
        #expect(config.names.pastKeys == "past_key_values.%d.key")
        #expect(config.search.doSample)
        #expect(config.search.topK == 50)
        #expect(config.search.diversityPenalty == 0.5)
        #expect(config.search.minimumLength == 3)
        #expect(config.search.seed == nil)
        #expect(config.contextLength == 4096)
        #expect(config.unknownKeys == ["search.odd", "engine.a.b"])
    }

    @Test func oneEndTokenNeedsNoList() throws {
        #expect(try GenerationConfig(["model": ["eos_token_id": 5]]).endOfSequence == [5])
    }

    @Test(arguments: [
        #"{"model": {"vocab_size": "many"}}"#, #"{"search": {"top_p": []}}"#,
        #"{"model": {"eos_token_id": ["a"]}}"#,
        "[]",
    ])
    func wrongTypesAreErrors(text: String) throws {
        let json = try JSONValue.parse(text)
        #expect { try GenerationConfig(json) } throws: { ($0 as? ONNXError)?.code == "config.type" }
    }
}
