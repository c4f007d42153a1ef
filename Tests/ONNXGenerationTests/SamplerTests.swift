// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGeneration
import Testing

struct SamplerTests {
    private func sample(
        _ logits: [Float], _ options: GenerationOptions, history: [Int] = [], count: Int = 1
    ) throws -> [Int] {
        var sampler = Sampler(options, defaults: GenerationConfig.Search())
        return try (0..<count).map { _ in
            var copy = logits
            return try copy.withUnsafeMutableBufferPointer { try sampler.sample($0, history: history) }
        }
    }

    @Test func greedyTakesTheFirstOfTheLargest() throws {
        #expect(try sample([0, 3, 3, -1], GenerationOptions()) == [1])
    }

    @Test func aSeedRepeatsTheDraws() throws {
        var options = GenerationOptions()
        options.temperature = 1
        options.seed = 7
        let logits: [Float] = (0..<50).map { Float($0 % 7) * 0.3 }
        let first = try sample(logits, options, count: 40)
        #expect(try sample(logits, options, count: 40) == first)
        #expect(Set(first).count > 5)
    }

    @Test func frequenciesFollowTheSoftmax() throws {
        var options = GenerationOptions()
        options.temperature = 2
        options.seed = 3
        let draws = try sample([0, 2, 4], options, count: 20_000)
        let weights = [1.0, 2.718281828, 7.389056099]
        for token in 0..<3 {
            let share = Double(draws.count { $0 == token }) / Double(draws.count)
            #expect(abs(share - weights[token] / 11.107337927) < 0.015)
        }
    }

    @Test func topKAndTopPCut() throws {
        var options = GenerationOptions()
        options.temperature = 1
        options.seed = 1
        options.topK = 2
        #expect(Set(try sample([1, 2, 3, 4], options, count: 500)) == [2, 3])
        options.topK = nil
        options.topP = 0.5
        #expect(Set(try sample([1, 2, 3, 4], options, count: 500)) == [3])
    }

    @Test func thePenaltyMakesSeenTokensLessLikely() throws {
        var options = GenerationOptions()
        options.repetitionPenalty = 2
        #expect(try sample([3, 2.9, -1], options, history: [0]) == [1])
        #expect(try sample([-1, -1.5, -9], options, history: [0]) == [1])
    }

    @Test(arguments: [[1, Float.nan], [Float.infinity, 0], [-Float.infinity, -Float.infinity]])
    func logitsThatAreNotFiniteAreAnError(logits: [Float]) throws {
        #expect { try sample(logits, GenerationOptions()) } throws: { error in
            (error as? ONNXError)?.code == "generation.not_finite"
        }
    }
}
