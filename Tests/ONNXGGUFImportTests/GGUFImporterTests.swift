// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXGGUFImport
import Testing

@Suite struct GGUFImporterTests {
    private static let files = [
        "chat_template.jinja", "config.json", "genai_config.json", "model.onnx", "model.onnx.data",
        "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json",
    ]

    private func contents(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    private func json(_ path: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test(arguments: ["llama", "qwen2"]) func writesFolder(architecture: String) throws {
        let folder = try TemporaryFolder()
        let source = try folder.file("in.gguf", GGUFBytes.tinyLlama(architecture: architecture).bytes)
        let target = "\(folder.path)/out"
        try GGUFImporter(source: source).write(to: target)
        try #expect(contents(target) == Self.files)
        try #expect(contents(folder.path) == ["in.gguf", "out"])
        let config = try json("\(target)/genai_config.json")
        let model = try #require(config["model"] as? [String: Any])
        #expect(model["type"] as? String == architecture)
        #expect(model["vocab_size"] as? Int == 8)
        #expect(model["eos_token_id"] as? Int == 0)
        #expect((model["decoder"] as? [String: Any])?["head_size"] as? Int == 32)
    }

    @Test func writesTokenizer() throws {
        let folder = try TemporaryFolder()
        let source = try folder.file("in.gguf", GGUFBytes.tinyLlama().bytes)
        let target = "\(folder.path)/out"
        try GGUFImporter(source: source).write(to: target)
        let tokenizer = try json("\(target)/tokenizer.json")
        let model = try #require(tokenizer["model"] as? [String: Any])
        #expect((model["vocab"] as? [String: Int])?["\u{120}a"] == 6)
        #expect(model["merges"] as? [[String]] == [["a", "b"], ["\u{120}", "a"]])
        let added = try #require(tokenizer["added_tokens"] as? [[String: Any]])
        #expect(added.count == 1)
        #expect(added.first?["content"] as? String == "<|end|>")
        #expect(added.first?["special"] as? Bool == true)
        let pre = try #require(tokenizer["pre_tokenizer"] as? [String: Any])
        let steps = try #require(pre["pretokenizers"] as? [[String: Any]])
        #expect(steps.map { $0["type"] as? String } == ["Digits", "ByteLevel"])
        let template = try String(contentsOfFile: "\(target)/chat_template.jinja", encoding: .utf8)
        #expect(template == "{{ messages[0]['content'] }}\n")
        try #expect(json("\(target)/tokenizer_config.json")["chat_template"] as? String == template)
    }

    @Test func givesEqualBytesWithAnyNumberOfThreads() throws {
        let folder = try TemporaryFolder()
        let source = try folder.file("in.gguf", GGUFBytes.tinyLlama().bytes)
        let importer = GGUFImporter(source: source)
        try importer.write(to: "\(folder.path)/one", options: .init(threads: 1))
        try importer.write(to: "\(folder.path)/three", options: .init(threads: 3))
        for name in Self.files {
            let one = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/one/\(name)"))
            let three = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/three/\(name)"))
            #expect(one == three, "\(name)")
        }
    }

    @Test func refusesToOverwrite() throws {
        let folder = try TemporaryFolder()
        let source = try folder.file("in.gguf", GGUFBytes.tinyLlama().bytes)
        let target = "\(folder.path)/out"
        let importer = GGUFImporter(source: source)
        try importer.write(to: target)
        let error = #expect(throws: ONNXError.self) { try importer.write(to: target) }
        #expect(error?.code == "io.exists")
        try importer.write(to: target, options: .init(overwrites: true))
        try #expect(contents(folder.path) == ["in.gguf", "out"])
        try #expect(contents(target) == Self.files)
    }

    /// A model that must be refused by name, and the code of the refusal.
    struct Row: CustomTestStringConvertible, Sendable {
        let code: ONNXError.Code
        let word: String
        let make: @Sendable () -> GGUFBytes

        var testDescription: String { "\(code) \(word)" }
    }

    private static func changed(_ change: (inout GGUFBytes) -> Void) -> GGUFBytes {
        var file = GGUFBytes.tinyLlama()
        change(&file)
        return file
    }

    static let rows: [Row] = [
        Row(code: "gguf.architecture", word: "mamba") { .tinyLlama(architecture: "mamba") },
        Row(code: "gguf.unsupported", word: "8 experts") {
            changed { $0.add("llama.expert_count", UInt32(8)) }
        },
        Row(code: "gguf.unsupported", word: "yarn") {
            changed { $0.add("llama.rope.scaling.type", "yarn") }
        },
        Row(code: "gguf.tensor_type", word: "rope_freqs") {
            changed { $0.tensor("rope_freqs.weight", [16], type: 1, bytes: [UInt8](repeating: 0, count: 32)) }
        },
        Row(code: "gguf.not_finite", word: "rope_freqs") {
            changed { $0.tensor("rope_freqs.weight", [16], floats: [Float](repeating: .nan, count: 16)) }
        },
        Row(code: "gguf.tensor_type", word: "IQ2_XXS") {
            changed { $0.tensor("output.weight", [64, 8], type: 16, bytes: [0]) }
        },
        Row(code: "gguf.tensor_shape", word: "output.weight") {
            changed { $0.tensor("output.weight", [32, 8], floats: [Float](repeating: 0, count: 256)) }
        },
        Row(code: "gguf.tensor_missing", word: "blk.0.attn_k.bias") {
            changed { $0.tensor("blk.0.attn_q.bias", [64], floats: [Float](repeating: 0, count: 64)) }
        },
        Row(code: "gguf.not_finite", word: "weight") {
            changed {
                $0.tensor("output.weight", [64, 8], floats: [Float](repeating: .infinity, count: 512))
            }
        },
    ]

    @Test(arguments: rows) func refuses(_ row: Row) throws {
        let folder = try TemporaryFolder()
        let source = try folder.file("in.gguf", row.make().bytes)
        let error = #expect(throws: ONNXError.self) {
            try GGUFImporter(source: source).write(to: "\(folder.path)/out")
        }
        #expect(error?.code == row.code, "\(error?.description ?? "no error")")
        #expect(error?.description.contains(row.word) == true, "\(error?.description ?? "no error")")
        try #expect(contents(folder.path) == ["in.gguf"])
    }
}
