// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGeneration
import ONNXTestSupport
import Testing

/// Stop strings in a stream of a real decoder's tokens.
struct StopStringTests {
    @Test func streamsEndBeforeTheFirstStopString() async throws {
        let model = try await LanguageModel.load(from: Fixtures.models + "/0.18.0-llama-int4")
        var options = GenerationOptions()
        options.maximumTokens = 24
        options.ignoresEndOfSequence = true
        let whole = try await model.streamText("the capital", options: options).collect().text
        let characters = Array(whole)
        #expect(characters.count > 20)
        for start in stride(from: 0, to: characters.count - 6, by: 3) {
            for length in [1, 2, 3, 6] {
                let stop = String(characters[start..<start + length])
                let expected = whole.firstRange(of: stop).map { String(whole[..<$0.lowerBound]) }
                options.stopStrings = ["never said", stop]
                var text = ""
                var reason: FinishReason?
                for try await piece in model.streamText("the capital", options: options) {
                    text += piece.text
                    #expect(expected?.utf8.starts(with: text.utf8) == true, "\"\(stop)\": \"\(text)\"")
                    reason = piece.summary?.finishReason
                }
                #expect(text == expected, "\"\(stop)\"")
                #expect(reason == .stop)
            }
        }
    }
}
