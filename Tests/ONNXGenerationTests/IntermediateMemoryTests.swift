// SPDX-License-Identifier: Apache-2.0
import ONNXGeneration
import ONNXInference
import ONNXTestSupport
import Testing

/// Memory for intermediate values follows the part of a prompt that one run reads, not the prompt.
struct IntermediateMemoryTests {
    @Test(
        .enabled(if: TestEnvironment.defaultModel != nil, "needs the default model, which make test provides")
    )
    func aLongPromptNeedsNoMoreThanItsParts() throws {
        let path = try #require(TestEnvironment.defaultModel)
        let model = try LanguageModel(path, LoadOptions(), readsTexts: false)
        var sizes: [Int] = []
        for (count, chunk) in [(64, 64), (128, 64), (512, 64), (128, 128)] {
            let decoder = try model.makeDecoder(chunkSize: chunk)
            _ = try decoder.append((0..<count).map { 1 + $0 % 1000 })
            sizes.append(decoder.arenaByteCount)
        }
        #expect(sizes[0] > 0 && sizes[1] == sizes[0] && sizes[2] == sizes[0])
        // It does follow the part.
        #expect(sizes[3] > sizes[0])
    }
}
