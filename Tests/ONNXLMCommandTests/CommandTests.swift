// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXJSON
import ONNXTestSupport
import Testing

/// The command as a user drives it: output, errors, exit codes.
@Suite(
    .serialized,
    .enabled(if: TestEnvironment.command != nil, "needs the built command, which make test provides"))
struct CommandTests {
    private static let tiny = Fixtures.models + "/0.18.0-llama-int4"

    private func run(_ arguments: String..., input: String = "") throws -> TestEnvironment.Outcome {
        try TestEnvironment.run(#require(TestEnvironment.command), arguments, input: input)
    }

    private func copyOfTiny() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.copyItem(atPath: Self.tiny, toPath: folder)
        return folder
    }

    @Test func generatePrintsJSON() throws {
        let outcome = try run(
            "generate", Self.tiny, "--tokens", "1,2,3", "--max-tokens", "5", "--ignore-eos", "--json")
        let json = try JSONValue.parse(outcome.output)
        #expect(outcome.status == 0)
        #expect(json["prompt_tokens"]?.arrayValue?.count == 3)
        #expect(json["tokens"]?.arrayValue?.count == 5)
        #expect(json["finish_reason"]?.stringValue == "length")
        #expect((json["timings"]?["prefill_seconds"]?.doubleValue ?? 0) > 0)
    }

    @Test func tokensNeedNoTokenizer() throws {
        let folder = try copyOfTiny()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.removeItem(atPath: folder + "/tokenizer.json")
        #expect(try run("generate", folder, "--tokens", "1,2", "--max-tokens", "3").status == 0)
        let outcome = try run("generate", folder, "--prompt", "hello")
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("error[tokenizer.missing]"))
    }

    @Test func aMissingDataFileIsToldAtOnce() throws {
        let folder = try copyOfTiny()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.removeItem(atPath: folder + "/model.onnx.data")
        let outcome = try run("generate", folder, "--tokens", "1")
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("error[external_data.missing]"))
        #expect(outcome.errors.contains("model.onnx.data"))
        #expect(outcome.seconds < 1)
        let inspected = try run("inspect", folder, "--json")
        #expect(inspected.status == 0)
        let description = try JSONValue.parse(inspected.output)
        #expect(description["data_files"]?[0]?["present_bytes"]?.isNull == true)
        #expect(description["supported"]?.boolValue == true)
        #expect((description["kv_bytes_per_token"]?.intValue ?? 0) > 0)
    }

    @Test func aShortDataFileNamesTheNumbers() throws {
        let folder = try copyOfTiny()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/model.onnx.data"
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.prefix(1000).write(to: URL(fileURLWithPath: path))
        let outcome = try run("chat", folder, "--prompt", "x")
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("error[external_data.truncated]"))
        #expect(outcome.errors.contains("1000") || outcome.errors.contains("1,000"))
    }

    @Test func inspectGivesItsVerdict() throws {
        for (folder, verdict) in [
            ("0.18.0-llama-int4", "runs"), ("0.18.0-llama-int4-asymmetric-level1", "runs_slowly"),
        ] {
            let outcome = try run("inspect", Fixtures.models + "/" + folder, "--json")
            #expect(outcome.status == 0)
            #expect(try JSONValue.parse(outcome.output)["verdict"]?.stringValue == verdict)
        }
        // An operator that nobody knows, by changing a name of the same length.
        let folder = try copyOfTiny()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = URL(fileURLWithPath: folder + "/model.onnx")
        var file = try Data(contentsOf: path)
        for (name, other) in [("GroupQueryAttention", "GroupQueryAttentiom"), ("MatMulNBits", "MatMulNBitz")]
        {
            var start = file.startIndex
            while let range = file.range(of: Data(name.utf8), in: start..<file.endIndex) {
                file.replaceSubrange(range, with: Data(other.utf8))
                start = range.upperBound
            }
        }
        try file.write(to: path)
        let outcome = try run("inspect", folder)
        #expect(outcome.status == 65)
        for words in ["GroupQueryAttentiom", "MatMulNBitz", "This model does not run here."] {
            #expect(outcome.output.contains(words))
        }
    }

    @Test(arguments: 0..<64) func aModelCutAnywhereIsAnErrorNotACrash(part: Int) throws {
        let folder = try copyOfTiny()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/model.onnx"
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.prefix(whole.count * part / 64).write(to: URL(fileURLWithPath: path))
        let outcome = try run("inspect", folder)
        #expect(outcome.status == 65, "\(outcome.errors)")
        #expect(outcome.errors.contains("error["))
    }

    @Test(arguments: [
        (["chat", "/nowhere"], 66, "model.not_found"),
        (["generate", "/nowhere", "--tokens", "1"], 66, "model.not_found"),
        (["generate", "x"], 2, "--prompt"), (["frobnicate"], 2, "frobnicate"),
        (["bench", "x", "--threads", "0"], 2, "--threads"),
        (["bench", "x", "--prompt-tokens", "8", "--warm-up-tokens", "9"], 2, "--warm-up-tokens"),
        (["generate", "x", "--tokens", "1,b"], 2, "no token number"),
    ])
    func mistakesHaveTheirExitCodes(arguments: [String], status: Int32, words: String) throws {
        let outcome = try TestEnvironment.run(#require(TestEnvironment.command), arguments)
        #expect(outcome.status == status)
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test func aTokenOutsideTheVocabularyIsRefused() throws {
        let outcome = try run("generate", Self.tiny, "--tokens", "1,99999999")
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("error[tokenizer.bad_id]"))
    }

    @Test func benchLeavesOutWhatIsNotAsked() throws {
        let outcome = try run(
            "bench", Self.tiny, "--prompt-tokens", "4", "--new-tokens", "2", "--repeat", "2",
            "--warm-up-tokens", "0", "--no-memory-rate", "--json")
        let json = try JSONValue.parse(outcome.output)
        #expect(json["runs"]?.arrayValue?.count == 2)
        #expect(json["memory_read_bytes_per_second"]?.doubleValue == 0)
        #expect((json["bytes_per_token"]?.intValue ?? 0) > 0)
        #expect((json["decode_tokens_per_second"]?.doubleValue ?? 0) > 0)
        let text = try run(
            "bench", Self.tiny, "--prompt-tokens", "4", "--new-tokens", "2", "--repeat", "1",
            "--no-memory-rate")
        #expect(text.output.contains("tokens/s\npeak RSS"))
    }

    @Test func helpAndVersionSucceed() throws {
        #expect(try run("--help").output.contains("Example:"))
        for command in [
            "chat", "generate", "inspect", "bench", "conformance", "tokenize", "render", "import-gguf",
            "synthesize", "perplexity", "explain",
        ] {
            let outcome = try run(command, "--help")
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("Example: "), "\(command)")
        }
        #expect(try run("--version").output.contains("."))
    }

    @Test func controlsReachTheGeneration() throws {
        func tokens(_ more: String...) throws -> [Int] {
            let outcome = try TestEnvironment.run(
                #require(TestEnvironment.command),
                ["generate", Self.tiny, "--tokens", "1,2,3", "--max-tokens", "6", "--ignore-eos", "--json"]
                    + more)
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try JSONValue.parse(outcome.output)["tokens"]?.arrayValue?.compactMap(\.intValue) ?? []
        }
        let plain = try tokens()
        let banned = try tokens("--logit-bias", "\(plain[0])=-inf")
        #expect(!banned.contains(plain[0]))
        #expect(try Set(tokens("--no-repeat-ngram", "1")).count == 6)
        #expect(try tokens("--num-beams", "3").count == 6)
        let drawn = try tokens("--temperature", "3", "--min-p", "0.001", "--seed", "4")
        #expect(drawn != plain)
        #expect(try tokens("--temperature", "3", "--min-p", "0.001", "--seed", "4") == drawn)
        #expect(try tokens("--temperature", "3", "--min-p", "1", "--seed", "4") == plain)
        #expect(try tokens("--temperature", "3", "--seed", "4", "--greedy") == plain)
        let wrong = try run("generate", Self.tiny, "--tokens", "1", "--min-p", "2")
        #expect(wrong.status == 2)
        #expect(wrong.errors.contains("error[options.range]: minP"))
        let several = try run(
            "generate", Self.tiny, "--tokens", "1,2", "--max-tokens", "4", "--num-beams", "4",
            "--num-return-sequences", "3", "--json")
        #expect(several.output.split(separator: "\n").count == 3)
        let scored = try run(
            "generate", Self.tiny, "--tokens", "1,2", "--max-tokens", "4", "--json", "--log-probabilities",
            "2")
        let rows = try JSONValue.parse(scored.output)["log_probabilities"]?.arrayValue
        #expect(rows?.first?["alternatives"]?.arrayValue?.count == 2)
    }

    @Test func perplexityAndExplainPrintJSON() throws {
        let outcome = try run(
            "perplexity", Self.tiny, "--tokens", "1,5,9,30,31,32", "--window", "4", "--stride", "2", "--json")
        let json = try JSONValue.parse(outcome.output)
        #expect(json["tokens"]?.intValue == 5)
        #expect((json["perplexity"]?.doubleValue ?? 0) > 1)
        #expect(try run("perplexity", Self.tiny).status == 2)
        let explained = try JSONValue.parse(try run("explain", Self.tiny, "--json").output)
        #expect((explained["values"]?.arrayValue?.count ?? 0) > 20)
        #expect(
            explained["settings"]?.arrayValue?.contains { $0["name"]?.stringValue == "do_sample" } == true)
        let text = try run("explain", Self.tiny)
        #expect(text.output.contains("search.top_k = 50  ignored: do_sample is false"))
        #expect(text.output.hasSuffix(" contradictions\n"))
        #expect(try run("explain", "/nowhere").status == 66)
    }

    @Test func tokenizeGoesThereAndBack() throws {
        let row = #"{"text": "The cat sat.", "add_special": false}"#
        let ids = try run("tokenize", Self.tiny, "--json-lines", input: row + "\n")
        #expect(ids.status == 0)
        let list = try #require(JSONValue.parse(ids.output)["ids"])
        let back: JSONValue = ["ids": list, "skip_special": true]
        let text = try run("tokenize", Self.tiny, "--decode", input: back.jsonText() + "\n")
        #expect(try JSONValue.parse(text.output)["text"]?.stringValue == "The cat sat.")
        let stream = try JSONValue.parse(
            try run("tokenize", Self.tiny, "--stream-decode", input: back.jsonText() + "\n").output)
        let pieces = stream["increments"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(pieces.joined() + (stream["flush"]?.stringValue ?? "") == "The cat sat.")
    }

    @Test func renderAnswersEachRow() throws {
        let rows = """
            {"template_text": "{% for m in messages %}[{{ m.role }}] {{ m.content }}{% endfor %}", "messages": [{"role": "user", "content": "hi"}]}
            {"template_text": "{% for %}", "messages": []}
            """
        let lines = try run("render", "--json-lines", input: rows + "\n").output.split(separator: "\n").map(
            String.init)
        #expect(lines.count == 2)
        #expect(try JSONValue.parse(lines[0])["text"]?.stringValue == "[user] hi")
        #expect(try JSONValue.parse(lines[1])["error"] != nil)
    }

    @Test func theConversationGoesOnUntilTheInputEnds() throws {
        let outcome = try run("chat", Self.tiny, "--max-tokens", "4", input: "hello\nagain\n/exit\nnever\n")
        #expect(outcome.status == 0)
        #expect(outcome.output.filter { $0 == "\n" }.count >= 2)
    }

    @Test func oneShotChatTakesAFileOfMessages() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try #"[{"role": "user", "content": "hello"}]"#.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try run("chat", Self.tiny, "--messages", file, "--max-tokens", "3").status == 0)
        try "{".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try run("chat", Self.tiny, "--messages", file).status == 65)
    }

    @Test func synthesizedModelsRun() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for builder in ["0.7", "0.18"] {
            #expect(try run("synthesize", "tiny", folder, "--builder", builder, "--overwrite").status == 0)
            let outcome = try run(
                "bench", folder, "--prompt-tokens", "8", "--new-tokens", "4", "--repeat", "1", "--json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let json = try JSONValue.parse(outcome.output)
            for key in [
                "load_seconds", "prefill_tokens_per_second", "decode_tokens_per_second",
                "decode_memory_fraction",
            ] {
                #expect((json[key]?.doubleValue ?? 0) > 0, "\(key)")
            }
        }
    }

    @Test func benchTellsWhatChangingTheRotaryTablesCosts() throws {
        func bench(promptTokens: Int, _ options: String...) throws -> String {
            let model = Fixtures.folder + "/models/0.18.0-phi3longrope-int4-tied"
            let arguments = [
                "bench", model, "--prompt-tokens", "\(promptTokens)", "--new-tokens", "6", "--repeat", "1",
                "--no-memory-rate",
            ]
            return try TestEnvironment.run(#require(TestEnvironment.command), arguments + options).output
        }
        let json = try JSONValue.parse(try bench(promptTokens: 30, "--json"))
        #expect(json["recomputed_tokens"]?.intValue == 32)
        #expect((json["recomputation_seconds"]?.doubleValue ?? 0) > 0)
        #expect(try bench(promptTokens: 30).contains("read 32 tokens again in "))
        #expect(try !bench(promptTokens: 8).contains("tokens again"))
    }

    @Test func conformanceCountsAndWritesOutputs() throws {
        let out = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: out) }
        let cases = Fixtures.folder + "/contrib"
        let outcome = try run("conformance", cases, "--outputs", out)
        #expect(outcome.status == 0, "\(outcome.output.suffix(600))")
        #expect(outcome.output.hasSuffix(" passed, 0 failed\n"))
        let written = try FileManager.default.subpathsOfDirectory(atPath: out).filter {
            $0.hasSuffix("output_0.pb")
        }
        #expect(written.count > 100)
        #expect(try run("conformance", cases, "--rtol", "0", "--atol", "0").status == 1)
    }
}
