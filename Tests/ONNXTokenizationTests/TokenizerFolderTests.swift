// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXJSON
import ONNXTokenization
import Testing

/// Folders without a `tokenizer.json` give the same ids from the files that came before it.
@Suite struct TokenizerFolderTests {
    /// Runs `body` in a folder with these files.
    private func withFolder(_ files: [String: [UInt8]], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, bytes) in files { try Data(bytes).write(to: folder.appendingPathComponent(name)) }
        try body(folder.path)
    }

    private func code(_ files: [String: [UInt8]]) throws -> String? {
        var code: String?
        try withFolder(files) { folder in
            do throws(ONNXError) { _ = try Tokenizer(folder: folder) } catch { code = error.code.rawValue }
        }
        return code
    }

    @Test(arguments: [("gpt2", "GPT2Tokenizer"), ("qwen2", "Qwen2TokenizerFast")])
    func vocabularyAndMergesEqualTheirConversion(_ name: String, _ className: String) throws {
        let path = GeneratedFixtures.path(of: name)
        let bytes = try FileBytes.read(path, byteLimit: 1 << 20)
        let state = try bytes.withUnsafeBytes { try JSONValue.parse($0) }
        let model = try #require(state["model"])
        let merges = try #require(model["merges"]?.arrayValue).map { pair in
            "\(pair[0]?.stringValue ?? "") \(pair[1]?.stringValue ?? "")\n"
        }
        let added = try #require(state["added_tokens"]?.arrayValue)
        var decoder = JSONObject()
        for token in added { decoder["\(token["id"]?.intValue ?? -1)"] = token }
        let configuration: JSONValue = [
            "tokenizer_class": .string(className), "add_prefix_space": .bool(name == "gpt2"),
            "added_tokens_decoder": .object(decoder), "eos_token": "</s>",
        ]
        let files = [
            "vocab.json": try #require(model["vocab"]).jsonText(),
            "merges.txt": "#version: 0.2\n" + merges.joined(),
            "tokenizer_config.json": configuration.jsonText(),
        ]
        let whole = try Tokenizer(contentsOf: path)
        try withFolder(files.mapValues { Array($0.utf8) }) { folder in
            let parts = try Tokenizer(folder: folder)
            #expect(parts.addedTokens == whole.addedTokens)
            let corpus = try ParityCorpus(names: whole.addedTokens.map(\.content))
            for text in (0..<20).flatMap({ corpus.block($0) }) {
                let ids = try whole.encode(utf8: text, addSpecialTokens: false, parseSpecial: true)
                #expect(try parts.encode(utf8: text, addSpecialTokens: false, parseSpecial: true) == ids)
                #expect(sameBytes(try parts.decode(ids), try whole.decode(ids)))
            }
        }
    }

    @Test func aModelTakesItsEndsFromTheConfiguration() throws {
        let model = try FileBytes.read(GeneratedFixtures.modelPath(of: "spm-llama"), byteLimit: 1 << 20)
        let configuration =
            #"{"tokenizer_class":"LlamaTokenizer","bos_token":"<s>","eos_token":{"content":"</s>"},"add_eos_token":true}"#
        try withFolder(["tokenizer.model": model, "tokenizer_config.json": Array(configuration.utf8)]) {
            folder in
            let tokenizer = try Tokenizer(folder: folder)
            let start = try #require(tokenizer.tokenID(of: "<s>"))
            let end = try #require(tokenizer.tokenID(of: "</s>"))
            let ids = try tokenizer.encode("the cat")
            #expect(ids.first == start && ids.last == end)
            let inner = try tokenizer.encode("the cat", addSpecialTokens: false)
            #expect(Array(ids.dropFirst().dropLast()) == inner)
            #expect(try tokenizer.decode(ids) == "the cat")
            // A part behind a control token begins like a text of its own.
            #expect(
                try tokenizer.encode("<s>the cat", addSpecialTokens: false, parseSpecial: true) == [start]
                    + inner)
            #expect(try !tokenizer.encode("<s>the", addSpecialTokens: false).contains(start))
        }
        let modern = #"{"tokenizer_class":"LlamaTokenizer","legacy":false}"#
        try withFolder(["tokenizer.model": model, "tokenizer_config.json": Array(modern.utf8)]) { folder in
            let tokenizer = try Tokenizer(folder: folder)
            let inner = try tokenizer.encode("the cat")
            #expect(
                try tokenizer.encode("<s>the cat", parseSpecial: true).dropFirst().elementsEqual(inner)
                    == false)
        }
    }

    @Test func damagedFilesAreRefused() throws {
        let model = try FileBytes.read(GeneratedFixtures.modelPath(of: "spm-t5"), byteLimit: 1 << 20)
        #expect(try code([:]) == "tokenizer.missing")
        #expect(try code(["vocab.json": Array(#"{"a":0}"#.utf8)]) == "tokenizer.missing")
        #expect(
            try code(["vocab.json": Array(#"{"a":0}"#.utf8), "merges.txt": Array("a b\n".utf8)])
                == "tokenizer.bad_merge")
        #expect(try code(["vocab.json": Array("[1]".utf8), "merges.txt": []]) == "tokenizer.json")
        let other = Array(#"{"tokenizer_class":"XLNetTokenizer"}"#.utf8)
        #expect(
            try code(["vocab.json": Array("{}".utf8), "merges.txt": [], "tokenizer_config.json": other])
                == "tokenizer.unsupported")
        #expect(try code(["tokenizer.model": []]) == "tokenizer.invalid")
        #expect(try code(["tokenizer.model": Array("version https://git-lfs".utf8)]) == "tokenizer.invalid")
        // Cut off anywhere, or with one byte changed: an error or a tokenizer, never a trap.
        var chance = ParityCorpus.Chance(seed: 7)
        for cut in stride(from: 1, to: model.count, by: 37) {
            _ = try code(["tokenizer.model": Array(model[..<cut])])
            var changed = model
            changed[chance.below(changed.count)] = UInt8(chance.below(256))
            try withFolder(["tokenizer.model": changed]) { folder in
                guard let tokenizer = try? Tokenizer(folder: folder) else { return }
                _ = try tokenizer.encode("the \u{FB01}nance of <s> \u{3000} caf\u{E9}")
            }
        }
    }
}
