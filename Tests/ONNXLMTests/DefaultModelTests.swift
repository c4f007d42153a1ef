// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXGeneration
import ONNXJSON
import ONNXLM
import ONNXTestSupport
import Testing

/// The default model, as imported from its GGUF, against onnxruntime-genai on the same folder.
@Suite(
    .serialized,
    .enabled(
        if: TestEnvironment.defaultModel != nil && TestEnvironment.python != nil,
        "needs the default model and the oracles' Python, which make test provides"))
struct DefaultModelTests {
    /// The largest logit error that float activations may make here; see docs/numerics.md.
    private static let largestLogitError: Float = 0.01

    @Test func greedyAnswersEqualThoseOfOnnxruntimeGenai() async throws {
        var exact = LoadOptions()
        exact.cacheType = .float32
        let model = try await LanguageModel.load(from: #require(TestEnvironment.defaultModel), options: exact)
        let (rows, logits) = try oracle(model)
        #expect(rows.count == 12)
        var largestError: Float = 0
        for (row, expected) in zip(rows, logits) {
            let computed = try model.makeDecoder().append(row.prompt).values(as: Float.self)
            largestError = zip(computed, expected).reduce(largestError) { max($0, abs($1.0 - $1.1)) }
        }
        print("default model: largest logit error \(largestError)")
        #expect(largestError <= Self.largestLogitError)
        var differing = 0
        var options = GenerationOptions()
        options.maximumTokens = 48
        for row in rows {
            let tokens = try await model.streamTokens(row.prompt, options: options).collect().tokens
            guard
                let first = zip(tokens, row.tokens).enumerated().first(where: { $0.element.0 != $0.element.1 }
                )
            else {
                #expect(tokens.count == row.tokens.count, "\(row.question)")
                continue
            }
            differing += 1
            print("default model: \(row.question) differs at \(first.offset), gap \(row.gaps[first.offset])")
            #expect(row.gaps[first.offset] <= 2 * largestError, "\(row.question)")
        }
        print("default model: \(12 - differing) of 12 answers equal")
        #expect(differing <= 2)
    }

    @Test func beamsFindWhatThoseOfOnnxruntimeGenaiFind() async throws {
        var exact = LoadOptions()
        exact.cacheType = .float32
        let model = try await LanguageModel.load(from: #require(TestEnvironment.defaultModel), options: exact)
        let out = Fixtures.folder + "/.generated/default-model-beams"
        let outcome = try TestEnvironment.run(
            #require(TestEnvironment.python),
            [Fixtures.folder + "/scripts/default_model_beams.py", model.path, out])
        try #require(outcome.status == 0, "\(outcome.errors)")
        let rows = try #require(try JSONValue(contentsOf: out + "/beams.json").arrayValue)
        #expect(rows.count == 2)
        var options = GenerationOptions()
        options.beamCount = 4
        options.returnedCount = 4
        options.maximumTokens = 16
        for row in rows {
            func ints(_ value: JSONValue?) -> [Int] { value?.arrayValue?.compactMap(\.intValue) ?? [] }
            let found = try await model.generateSequences(ints(row["prompt"]), options: options)
            #expect(found.map(\.tokens) == row["sequences"]?.arrayValue?.map(ints))
            #expect(found.allSatisfy { !$0.text.isEmpty })
        }
    }

    /// The logits of whole answers with each cache type against those with float32: the likeliest token stays the same
    /// but where two are nearly equal.
    @Test(arguments: [(CacheType.float16, Float(0.05)), (.int16, 0.05), (.bfloat16, 0.4), (.int8, 2)])
    func narrowCachesChooseTheSameTokens(type: CacheType, largestChange: Float) async throws {
        var options = LoadOptions()
        options.cacheType = .float32
        let exact = try await LanguageModel.load(
            from: #require(TestEnvironment.defaultModel), options: options)
        options.cacheType = type
        let narrow = try await LanguageModel.load(
            from: #require(TestEnvironment.defaultModel), options: options)
        let rows = try oracle(exact).0
        var worst: Float = 0
        var sum: Float = 0
        var differing = 0
        var positions = 0
        for row in rows {
            let ids = row.prompt + row.tokens
            let count = row.tokens.count + 1
            let left = try exact.makeDecoder().append(ids, positions: count).values(as: Float.self)
            let right = try narrow.makeDecoder().append(ids, positions: count).values(as: Float.self)
            let width = left.count / count
            for position in 0..<count {
                let a = left[position * width..<(position + 1) * width]
                let b = Array(right[position * width..<(position + 1) * width])
                let change = zip(a, b).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
                worst = max(worst, change)
                sum += change
                positions += 1
                let first = a.indices.max { a[$0] < a[$1] }! - a.startIndex
                let second = b.indices.max { b[$0] < b[$1] }!
                if first == second { continue }
                differing += 1
                #expect(a[a.startIndex + first] - a[a.startIndex + second] <= 2 * change)
            }
        }
        print(
            "default model, \(type) cache: \(differing) of \(positions) tokens differ; logits change by "
                + "\(worst) at most, \(sum / Float(positions)) on average of the largest")
        #expect(worst <= largestChange)
    }

    @Test func promptsAreTokenizedAsOnnxruntimeGenaiDoes() async throws {
        let model = try await LanguageModel.load(from: #require(TestEnvironment.defaultModel))
        let (rows, _) = try oracle(model)
        for row in rows {
            let ids = try model.requireTokenizer().encode(
                row.promptText, addSpecialTokens: false, parseSpecial: true)
            #expect(ids == row.prompt, "\(row.question)")
        }
    }

    @Test(arguments: [("What is the capital of France?", "Paris"), ("What is 2+2?", "4")])
    func answers(question: String, expected: String) async throws {
        let model = try await LanguageModel.load(from: #require(TestEnvironment.defaultModel))
        #expect(try await ChatSession(model).respond(to: question).text.contains(expected))
    }

    @Test func aSecondTurnGoesOnFromTheCache() async throws {
        let model = try await LanguageModel.load(from: #require(TestEnvironment.defaultModel))
        let chat = ChatSession(model)
        let first = try await chat.streamResponse(to: "What is the capital of France?").collect()
        #expect(first.summary.cachedTokenCount == 0)
        let second = try await chat.streamResponse(to: "And of Italy?").collect()
        #expect(second.summary.cachedTokenCount >= first.summary.promptTokenCount)
        #expect(chat.messages.map(\.role) == [.user, .assistant, .user, .assistant])
        let fresh = ChatSession(model, messages: Array(chat.messages.prefix(3)))
        #expect(try await fresh.streamResponse(adding: []).collect().text == second.text)
    }

    @Test func cancellingStopsTheComputation() async throws {
        let model = try await LanguageModel.load(from: #require(TestEnvironment.defaultModel))
        let chat = ChatSession(model)
        let task = Task { try await chat.respond(to: "Tell me a very long story.") }
        while !chat.isResponding { try await Task.sleep(for: .milliseconds(5)) }
        try await Task.sleep(for: .milliseconds(300))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        var isFree = false
        for _ in 0..<50 where !isFree {
            try await Task.sleep(for: .milliseconds(100))
            isFree = chat.messages.count == 2
        }
        #expect(isFree, "the interrupted answer joins the conversation")
    }

    /// A long prompt is given up in the middle; what was read of it is not read again.
    @Test func cancellingStopsPrefillAtALayer() async throws {
        let model = try await LanguageModel.load(from: #require(TestEnvironment.defaultModel))
        let chat = ChatSession(model)
        var options = GenerationOptions()
        options.maximumTokens = 1
        // How long the first 512 tokens take depends on the machine.
        let pace = try await ChatSession(model, options: options).respond(
            to: String(repeating: "hello ", count: 512)
        ).summary.prefillSeconds
        let question = String(repeating: "hello ", count: 7000)
        let task = Task { try await chat.respond(to: question) }
        try await Task.sleep(for: .seconds(2 * pace))
        #expect(chat.isResponding, "the prompt has to be long enough")
        let cancelled = ContinuousClock.now
        task.cancel()
        while chat.isResponding, ContinuousClock.now - cancelled < .seconds(5) {
            try await Task.sleep(for: .milliseconds(2))
        }
        let waited = ContinuousClock.now - cancelled
        print("default model: prefill stopped after \(Int(waited.seconds * 1000)) ms")
        // On a machine that others use, a layer takes longer: then a third of what 512 tokens take.
        #expect(waited < max(.milliseconds(250), .seconds(pace / 3)))
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(chat.messages.map(\.role) == [.user, .assistant])
        try chat.rewind(to: 0)
        let response = try await chat.respond(to: String(repeating: "hello ", count: 600), options: options)
        #expect(response.summary.promptTokenCount > 600)
        #expect(response.summary.cachedTokenCount >= 512)
    }

    @Test func eightSessionsAnswerAsEachAlone() async throws {
        let model = try await LanguageModel.load(from: #require(TestEnvironment.defaultModel))
        var options = GenerationOptions()
        options.maximumTokens = 10
        let prompts = [
            "The sea is", "Once upon", "Two and two", "A cat", "In Paris", "Water", "My name is", "Why",
        ]
        var alone: [[Int]] = []
        for prompt in prompts {
            alone.append(try await model.streamText(prompt, options: options).collect().tokens)
        }
        let together = try await withThrowingTaskGroup(of: (Int, [Int]).self) { group in
            for (index, prompt) in prompts.enumerated() {
                group.addTask { [options] in
                    (index, try await model.streamText(prompt, options: options).collect().tokens)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(prompts.indices.map { together[$0] } == alone)
    }

    private struct Row {
        let question: String
        let promptText: String
        let prompt: [Int]
        let tokens: [Int]
        let gaps: [Float]
    }

    /// Runs onnxruntime-genai once; later calls read what it wrote.
    private func oracle(_ model: LanguageModel) throws -> ([Row], [[Float]]) {
        let out = Fixtures.folder + "/.generated/default-model"
        let graph = try FileManager.default.attributesOfItem(atPath: model.path + "/model.onnx")
        let stamp = "\(graph[.modificationDate] ?? "")"
        if (try? String(contentsOfFile: out + "/stamp", encoding: .utf8)) != stamp {
            let outcome = try TestEnvironment.run(
                #require(TestEnvironment.python),
                [Fixtures.folder + "/scripts/default_model_answers.py", model.path, out])
            try #require(outcome.status == 0, "\(outcome.errors)")
            try stamp.write(toFile: out + "/stamp", atomically: true, encoding: .utf8)
        }
        let json = try JSONValue(contentsOf: out + "/answers.json")
        let rows = try #require(json.arrayValue).map { row in
            Row(
                question: row["question"]?.stringValue ?? "",
                promptText: row["prompt_text"]?.stringValue ?? "",
                prompt: row["prompt"]?.arrayValue?.compactMap(\.intValue) ?? [],
                tokens: row["tokens"]?.arrayValue?.compactMap(\.intValue) ?? [],
                gaps: row["gaps"]?.arrayValue?.compactMap(\.doubleValue).map { Float($0) } ?? [])
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: out + "/logits.bin"))
        let width = data.count / 4 / max(1, rows.count)
        let logits = rows.indices.map { index in
            (0..<width).map { column in
                data.withUnsafeBytes {
                    $0.loadUnaligned(fromByteOffset: (index * width + column) * 4, as: Float.self)
                }
            }
        }
        return (rows, logits)
    }
}
