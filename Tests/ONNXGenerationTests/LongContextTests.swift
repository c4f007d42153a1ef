// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGeneration
import ONNXInference
import ONNXTestSupport
import Testing

/// The choices of rotary tables on models whose original context is 32 of 128 tokens.
struct LongContextTests {
    static let folders = ModelOracleTests.folders.filter { $0.contains("longrope") && $0.contains("int4") }

    private func model(_ folder: String) throws -> LanguageModel {
        try LanguageModel(Fixtures.models + "/" + folder, LoadOptions(), readsTexts: false)
    }

    private func logits(
        _ model: LanguageModel, _ policy: LongContextPolicy, _ tokens: [Int], then more: [Int] = []
    ) throws -> [UInt32] {
        let decoder = try model.makeDecoder()
        decoder.longContext = policy
        var result = try decoder.append(tokens).values(as: Float.self)
        for token in more { result = try decoder.append([token]).values(as: Float.self) }
        return result.map(\.bitPattern)
    }

    private let tokens = (0..<40).map { 7 + $0 * 11 % 120 }

    @Test(arguments: folders) func policiesChooseTheTables(folder: String) throws {
        let model = try model(folder)
        let short = Array(tokens[..<20])
        let below = try logits(model, .switching, short)
        #expect(try logits(model, .alwaysShort, short) == below)
        let long = try logits(model, .alwaysLong, short)
        #expect(long != below)
        let above = try logits(model, .switching, tokens)
        #expect(try logits(model, .alwaysLong, tokens) == above)
        // Token by token across the border: the same for long tables throughout as for reading all again.
        let rest = Array(tokens[20...])
        #expect(try logits(model, .alwaysLong, short, then: rest) == above)
        #expect(try logits(model, .switching, short, then: rest) == above)
    }

    @Test(arguments: folders) func crossingTheBorderIsTold(folder: String) async throws {
        let model = try model(folder)
        var options = GenerationOptions()
        options.maximumTokens = 10
        options.ignoresEndOfSequence = true
        let prompt = Array(tokens[..<28])
        let response = try await model.streamTokens(prompt, options: options).collect()
        #expect(response.events.count == 1)
        guard case .longContext(let count, let seconds)? = response.events.first else {
            Issue.record("no event")
            return
        }
        #expect(count == 32)
        #expect(seconds > 0)
        options.longContext = .alwaysLong
        let long = try await model.streamTokens(prompt, options: options).collect()
        #expect(long.events.isEmpty)
        #expect(long.tokens.count == 10)
        // The short tables end after 32 tokens.
        options.longContext = .alwaysShort
        let short = try await model.streamTokens(prompt, options: options).collect()
        #expect(short.events.isEmpty)
        #expect(short.tokens == Array(response.tokens.prefix(4)))
        #expect(short.summary.finishReason == .contextFull)
        await #expect { try await model.streamTokens(tokens, options: options).collect() } throws: {
            ($0 as? ONNXError)?.code == "prompt.too_long"
        }
        options.longContext = .switching
        let beyond = try await model.streamTokens(tokens, options: options).collect()
        #expect(beyond.events.isEmpty)
    }

    @Test func aChangeOfPolicyReadsAgain() throws {
        let model = try model(try #require(Self.folders.first))
        let decoder = try model.makeDecoder()
        _ = try decoder.append(Array(tokens[..<20]))
        decoder.longContext = .alwaysLong
        let changed = try decoder.append([tokens[20]]).values(as: Float.self).map(\.bitPattern)
        #expect(decoder.takeRecomputation()?.tokenCount == 20)
        #expect(changed == (try logits(model, .alwaysLong, Array(tokens[...20]))))
    }
}
