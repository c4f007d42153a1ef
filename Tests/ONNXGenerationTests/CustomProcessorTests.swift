// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGeneration
import ONNXInference
import ONNXTestSupport
import Testing

/// Processors and samplers of the caller's own, and the limits of one generation, on a tiny model.
struct CustomProcessorTests {
    private struct OnlyEven: LogitProcessor {
        var calls = 0
        mutating func process(
            _ logits: inout MutableSpan<Float>, after context: TokenContext
        ) throws(ONNXError) {
            // The state is this generation's own.
            guard context.generatedTokens.count == calls else {
                throw ONNXError("test.calls", "\(calls) calls before token \(context.generatedTokens.count)")
            }
            calls += 1
            for token in logits.indices where token % 2 == 1 { logits[token] = -.infinity }
        }
    }

    private struct Fixed: TokenSampler {
        let token: Int
        mutating func sample(_ logits: Span<Float>, after context: TokenContext) throws(ONNXError) -> Int {
            token
        }
    }

    private struct Failing: LogitProcessor {
        mutating func process(
            _ logits: inout MutableSpan<Float>, after context: TokenContext
        ) throws(ONNXError) {
            if context.generatedTokens.count == 2 { throw ONNXError("test.fails", "No.") }
        }
    }

    private struct NothingLeft: LogitProcessor {
        mutating func process(
            _ logits: inout MutableSpan<Float>, after context: TokenContext
        ) throws(ONNXError) {
            for token in logits.indices { logits[token] = -.infinity }
        }
    }

    private struct Spoiling: LogitProcessor {
        let value: Float
        mutating func process(
            _ logits: inout MutableSpan<Float>, after context: TokenContext
        ) throws(ONNXError) {
            if context.generatedTokens.count == 4 { logits[3] = value }
        }
    }

    private func generate(_ options: GenerationOptions, prompt: [Int] = [1, 2, 3]) async throws -> Response {
        let model = try await LanguageModel.load(from: Fixtures.models + "/0.18.0-llama-int4")
        return try await model.streamTokens(prompt, options: options).collect()
    }

    private var eight: GenerationOptions {
        var options = GenerationOptions()
        options.maximumTokens = 8
        options.ignoresEndOfSequence = true
        return options
    }

    @Test func processorsAndSamplersAct() async throws {
        var options = eight
        options.processors = [OnlyEven()]
        let response = try await generate(options)
        #expect(response.tokens.count == 8)
        #expect(response.tokens.allSatisfy { $0 % 2 == 0 })
        #expect(try await generate(eight).tokens != response.tokens)
        options.processors = []
        options.sampler = Fixed(token: 17)
        #expect(try await generate(options).tokens == Array(repeating: 17, count: 8))
    }

    @Test func mistakesOfTheCallersOwnCodeAreErrors() async throws {
        var options = eight
        options.sampler = Fixed(token: 1 << 40)
        await #expect { try await generate(options) } throws: {
            ($0 as? ONNXError)?.code == "generation.bad_token"
        }
        options.sampler = nil
        options.processors = [Failing()]
        await #expect { try await generate(options) } throws: { error in
            (error as? ONNXError)?.code == "test.fails" && "\(error)".contains("new token 3, position 5")
        }
        for value in [Float.nan, .infinity] {
            options.processors = [Spoiling(value: value)]
            await #expect { try await generate(options) } throws: { error in
                (error as? ONNXError)?.code == "generation.not_finite"
                    && "\(error)".contains("token 3") && "\(error)".contains("new token 5, position 7")
            }
        }
        options.processors = [NothingLeft()]
        await #expect { try await generate(options) } throws: {
            ($0 as? ONNXError)?.code == "generation.no_token"
        }
    }

    @Test func limitsOfLength() async throws {
        var options = GenerationOptions()
        options.ignoresEndOfSequence = true
        options.maximumLength = 10
        let cut = try await generate(options)
        #expect(cut.tokens.count == 7)
        #expect(cut.summary.finishReason == .length)
        await #expect { try await generate(options, prompt: Array(repeating: 5, count: 10)) } throws: {
            error in
            (error as? ONNXError)?.code == "prompt.too_long" && "\(error)".contains("max_length")
        }
        options.maximumLength = nil
        let full = try await generate(options)
        #expect(full.tokens.count == 125)
        #expect(full.summary.finishReason == .contextFull)
        await #expect { try await generate(options, prompt: Array(repeating: 5, count: 128)) } throws: {
            ($0 as? ONNXError)?.code == "prompt.too_long"
        }
    }

    /// The model's likeliest tokens are made its end-of-sequence tokens by a bias.
    @Test func minimumOfNewTokens() async throws {
        var options = GenerationOptions()
        options.logitBias = [2: 1000]
        options.maximumTokens = 9
        #expect(try await generate(options).tokens == [2])
        options.minimumTokens = 5
        let response = try await generate(options)
        #expect(response.tokens.count == 6)
        #expect(response.tokens.last == 2)
        #expect(response.summary.finishReason == .stop)
        options.minimumTokens = nil
        options.minimumLength = 6
        #expect(try await generate(options).tokens.count == 4)
    }

    @Test func logProbabilitiesComeWithTheTokens() async throws {
        var options = eight
        options.logProbabilities = 3
        options.repetitionPenalty = 1.5
        let response = try await generate(options)
        #expect(response.logProbabilities.map(\.token) == response.tokens)
        let model = try LanguageModel(
            Fixtures.models + "/0.18.0-llama-int4", LoadOptions(), readsTexts: false)
        let logits = try model.makeDecoder().append([1, 2, 3]).values(as: Float.self)
        let order = logits.indices.sorted { logits[$0] > logits[$1] }
        #expect(response.logProbabilities.first?.alternatives.map(\.token) == Array(order.prefix(3)))
        for entry in response.logProbabilities {
            #expect(entry.logProbability <= 0)
            #expect(entry.alternatives.count == 3)
            #expect(entry.alternatives[0].logProbability >= entry.logProbability)
        }
    }

    @Test(
        arguments: [
            ("temperature", -1), ("top_p", 1.5), ("min_p", -0.1), ("typical_p", 0), ("presence", 1000),
            ("bias", .nan), ("bias", .infinity), ("temperature", .nan), ("ban", 0),
        ] as [(String, Float)])
    func rangesAreChecked(name: String, value: Float) {
        var options = GenerationOptions()
        switch name {
        case "temperature": options.temperature = value
        case "top_p": options.topP = value
        case "min_p": options.minP = value
        case "typical_p": options.typicalP = value
        case "presence": options.presencePenalty = value
        case "bias": options.logitBias = [3: value]
        default: options.bannedTokens = [[]]
        }
        #expect { try options.validate() } throws: { ($0 as? ONNXError)?.code == "options.range" }
    }
}
