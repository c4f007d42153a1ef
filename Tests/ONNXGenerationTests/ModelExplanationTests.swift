// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXGeneration
import ONNXJSON
import ONNXTestSupport
import Testing

/// Folders of configuration files, and what becomes of their values.
struct ModelExplanationTests {
    struct Folder: CustomStringConvertible {
        let name: String
        let files: [String: String]
        /// `file key outcome`, and words of the note after a `|`.
        let expected: [String]
        /// `name=value source`.
        var settings: [String] = []
        var description: String { name }
    }

    static let folders = [
        Folder(
            name: "nothing is said", files: [:], expected: [],
            settings: ["do_sample=false default", "context_length=2048 default", "eos_token_id=[] "]),
        Folder(
            name: "two end tokens",
            files: [
                "genai_config.json": #"{"model": {"eos_token_id": 2, "context_length": 100}}"#,
                "generation_config.json": #"{"eos_token_id": [2, 7]}"#,
                "config.json": #"{"eos_token_id": 2}"#,
            ],
            expected: [
                "genai_config.json model.eos_token_id contradicts|[2] here, [2, 7] in generation_config.json",
                "generation_config.json eos_token_id contradicts|[2, 7] here",
                "config.json eos_token_id contradicts|[2, 7] in generation_config.json",
                "genai_config.json model.context_length acts",
            ],
            settings: ["eos_token_id=[2,7] genai_config.json, generation_config.json, config.json"]),
        Folder(
            name: "the same end tokens",
            files: [
                "genai_config.json": #"{"model": {"eos_token_id": [7, 2]}}"#,
                "generation_config.json": #"{"eos_token_id": [2, 7]}"#,
            ],
            expected: [
                "genai_config.json model.eos_token_id acts", "generation_config.json eos_token_id acts",
            ]),
        Folder(
            name: "sampling values without sampling",
            files: [
                "genai_config.json":
                    #"{"search": {"do_sample": false, "temperature": 0.6, "top_k": 50, "top_p": 1.0, "min_length": 0}}"#
            ],
            expected: [
                "genai_config.json search.temperature contradicts|do_sample is false",
                "genai_config.json search.top_k ignored|do_sample is false",
                "genai_config.json search.top_p ignored",
                "genai_config.json search.min_length acts|without effect",
            ],
            settings: [
                "temperature=1.0 default, without do_sample",
                "do_sample=false genai_config.json: search.do_sample",
            ]),
        Folder(
            name: "sampling",
            files: [
                "genai_config.json":
                    #"{"model": {"context_length": 64}, "search": {"do_sample": true, "temperature": 0.6, "top_p": 0.0, "max_length": 128, "random_seed": -1, "odd": 3}}"#,
                "generation_config.json":
                    #"{"do_sample": true, "temperature": 0.7, "max_length": 128, "pad_token_id": 3, "custom": 1}"#,
            ],
            expected: [
                "genai_config.json search.temperature acts",
                "genai_config.json search.top_p ignored|no top-p",
                "genai_config.json search.max_length overridden|64",
                "genai_config.json search.random_seed acts|another seed",
                "genai_config.json search.odd unknown",
                "generation_config.json do_sample overridden|genai_config.json decides",
                "generation_config.json temperature contradicts|0.6",
                "generation_config.json pad_token_id ignored", "generation_config.json custom unknown",
            ],
            settings: [
                "temperature=0.6 genai_config.json: search.temperature", "top_k=50 default",
                "max_length=64 genai_config.json: search.max_length",
            ]),
        Folder(
            name: "transformers alone",
            files: [
                "generation_config.json":
                    #"{"do_sample": true, "temperature": 0.7, "top_k": 1, "repetition_penalty": 1.1, "early_stopping": "never"}"#,
                "config.json": #"{"vocab_size": 10}"#,
            ],
            expected: [
                "generation_config.json do_sample acts", "generation_config.json top_k acts",
                "generation_config.json repetition_penalty acts",
                "generation_config.json early_stopping ignored|num_beams",
                "config.json vocab_size ignored",
            ],
            settings: ["repetition_penalty=1.1 generation_config.json: repetition_penalty"]),
        Folder(
            name: "beams",
            files: [
                "genai_config.json":
                    #"{"search": {"do_sample": true, "num_beams": 4, "length_penalty": 0.5, "diversity_penalty": 0.2, "num_return_sequences": 2}}"#
            ],
            expected: [
                "genai_config.json search.do_sample contradicts|num_beams is 4",
                "genai_config.json search.num_beams contradicts|do_sample",
                "genai_config.json search.length_penalty acts",
                "genai_config.json search.diversity_penalty ignored|num_beam_groups",
                "genai_config.json search.num_return_sequences acts",
            ]),
        Folder(
            name: "other sizes",
            files: [
                "genai_config.json":
                    #"{"model": {"vocab_size": 10, "context_length": 64, "type": "llama", "bos_token_id": 1, "what": 1, "decoder": {"num_hidden_layers": 2, "session_options": {"a": 1}, "inputs": {"input_ids": "ids", "odd": "x"}}}}"#,
                "config.json":
                    #"{"vocab_size": 12, "max_position_embeddings": 64, "num_hidden_layers": 2, "bos_token_id": 5}"#,
            ],
            expected: [
                "genai_config.json model.vocab_size contradicts|config.json has 12",
                "genai_config.json model.context_length acts", "genai_config.json model.type ignored",
                "genai_config.json model.decoder.num_hidden_layers acts",
                "genai_config.json model.decoder.session_options.a ignored|onnxruntime",
                "genai_config.json model.decoder.inputs.input_ids acts",
                "genai_config.json model.decoder.inputs.odd unknown", "genai_config.json model.what unknown",
                "config.json vocab_size contradicts|genai_config.json has 10",
                "config.json bos_token_id contradicts|1", "config.json num_hidden_layers ignored",
            ]),
        Folder(
            name: "two templates and two tokens",
            files: [
                "genai_config.json": #"{"model": {"context_length": 64}}"#, "chat_template.jinja": "a",
                "tokenizer_config.json":
                    #"{"chat_template": "b", "eos_token": {"content": "</s>"}, "bos_token": "<s>", "model_max_length": 32, "add_bos_token": true, "tokenizer_class": "X", "unk_token": null}"#,
                "special_tokens_map.json": #"{"eos_token": "<end>", "bos_token": {"content": "<s>"}}"#,
            ],
            expected: [
                "tokenizer_config.json chat_template contradicts|chat_template.jinja",
                "chat_template.jinja  acts",
                "tokenizer_config.json eos_token acts|no token of the vocabulary",
                "tokenizer_config.json model_max_length contradicts|64",
                "tokenizer_config.json add_bos_token ignored|tokenizer.json",
                "tokenizer_config.json tokenizer_class ignored",
                "tokenizer_config.json unk_token ignored|null",
                "special_tokens_map.json eos_token contradicts|</s>",
                "special_tokens_map.json bos_token ignored",
            ],
            settings: ["chat_template=\"…\" chat_template.jinja"]),
        Folder(
            name: "the same template twice",
            files: ["chat_template.jinja": "a", "tokenizer_config.json": #"{"chat_template": "a"}"#],
            expected: ["tokenizer_config.json chat_template overridden|says the same"]),
        Folder(
            name: "one template",
            files: ["tokenizer_config.json": #"{"chat_template": "a", "model_max_length": 1e30}"#],
            expected: [
                "tokenizer_config.json chat_template acts", "tokenizer_config.json model_max_length ignored",
            ],
            settings: ["chat_template=\"…\" tokenizer_config.json: chat_template"]),
    ]

    @Test(arguments: folders) func saysWhatBecomesOfValues(folder: Folder) throws {
        let path = try Self.write(folder.files)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let explanation = try ModelExplanation(path)
        for line in folder.expected {
            let parts = line.split(separator: "|", maxSplits: 1).map(String.init)
            let words = parts[0].split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            let found = explanation.values.filter { $0.file == words[0] && $0.key == words[1] }
            #expect(found.count == 1, "\(line)")
            #expect(found.first?.outcome.rawValue == words[2], "\(line): \(found.first?.note ?? "")")
            if parts.count > 1 { #expect(found.first?.note.contains(parts[1]) == true, "\(line): \(found)") }
        }
        for line in folder.settings {
            let name = String(line.prefix { $0 != "=" })
            let setting = try #require(explanation.settings.first { $0.name == name })
            #expect("\(name)=\(setting.value.jsonText()) \(setting.source)" == line)
        }
    }

    /// Nothing in the fixtures' folders is forgotten, and nothing in them is unknown.
    @Test func everyValueOfTheFixturesIsExplained() throws {
        for folder in ModelOracleTests.folders {
            let path = Fixtures.models + "/" + folder
            let explanation = try ModelExplanation(path)
            #expect(explanation.values.count > 20, "\(folder)")
            let unknown = explanation.values.filter { $0.outcome == .unknown }.map(\.key)
            #expect(unknown.isEmpty, "\(folder): \(unknown)")
        }
    }

    @Test func damagedFilesAreErrors() throws {
        for (files, code) in [
            (["genai_config.json": "{"], "json."),
            (["generation_config.json": #"{"top_k": "x"}"#], "config.type"),
            (["tokenizer_config.json": "[", "config.json": "{}"], "json."),
        ] {
            let path = try Self.write(files)
            defer { try? FileManager.default.removeItem(atPath: path) }
            #expect { try ModelExplanation(path) } throws: {
                ($0 as? ONNXError)?.code.rawValue.hasPrefix(code) == true
            }
        }
        #expect { try ModelExplanation("/nowhere") } throws: { ($0 as? ONNXError)?.code == "model.not_found" }
    }

    private static func write(_ files: [String: String]) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        return folder.path
    }
}
