// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXGeneration
import Testing

/// Frequencies of many seeded draws against probabilities computed in the obvious way.
struct SamplerDistributionTests {
    struct Settings: CustomStringConvertible {
        var temperature: Float = 1
        var topK = 0
        var topP: Float = 1
        var minP: Float = 0
        var typicalP: Float = 1
        var description: String { "t \(temperature) k \(topK) p \(topP) min \(minP) typical \(typicalP)" }
    }

    static let settings: [Settings] = [
        Settings(), Settings(temperature: 0.5), Settings(temperature: 2), Settings(topK: 7),
        Settings(topP: 0.8),
        Settings(temperature: 1.3, topK: 20, topP: 0.9), Settings(minP: 0.1), Settings(typicalP: 0.7),
        Settings(temperature: 0.8, topK: 30, topP: 0.95, minP: 0.05, typicalP: 0.9),
    ]

    private static func logits(_ count: Int) -> [Float] {
        var random = SplitMix64(state: UInt64(count))
        return (0..<count).map { _ in
            (0..<4).reduce(0) { sum, _ in sum + Float.random(in: -1.5...1.5, using: &random) }
        }
    }

    /// Of all tokens, in their order.
    private static func probabilities(_ logits: [Float], _ settings: Settings) -> [Double] {
        let largest = logits.max() ?? 0
        var list = logits.enumerated().map { token, logit in
            (token: token, weight: exp(Double(logit - largest) / Double(settings.temperature)))
        }
        list.sort { ($0.weight, $1.token) > ($1.weight, $0.token) }
        if settings.topK > 0 { list = Array(list.prefix(settings.topK)) }
        func total() -> Double { list.reduce(0) { $0 + $1.weight } }
        if settings.topP < 1 {
            let whole = total()
            var sum = 0.0
            list = list.filter { entry in
                defer { sum += entry.weight }
                return sum < Double(settings.topP) * whole
            }
        }
        list = list.filter { $0.weight >= Double(settings.minP) }
        if settings.typicalP < 1 {
            let whole = total()
            let entropy = list.reduce(0) { $0 - $1.weight / whole * log($1.weight / whole) }
            list.sort { abs(-log($0.weight / whole) - entropy) < abs(-log($1.weight / whole) - entropy) }
            var sum = 0.0
            list = list.filter { entry in
                defer { sum += entry.weight }
                return sum < Double(settings.typicalP) * whole
            }
        }
        var result = [Double](repeating: 0, count: logits.count)
        for entry in list { result[entry.token] = entry.weight / total() }
        return result
    }

    @Test(arguments: settings, [60, 3000]) func chiSquare(settings: Settings, count: Int) throws {
        let logits = Self.logits(count)
        let probabilities = Self.probabilities(logits, settings)
        var options = GenerationOptions()
        options.temperature = settings.temperature
        options.topK = settings.topK
        options.topP = settings.topP
        options.minP = settings.minP
        options.typicalP = settings.typicalP
        options.seed = 11
        var sampler = Sampler(options, defaults: GenerationConfig.Search())
        let draws = 40_000
        var counts = [Int](repeating: 0, count: count)
        var copy = logits
        try copy.withUnsafeMutableBufferPointer { logits in
            for _ in 0..<draws { counts[try sampler.sample(logits, history: [])] += 1 }
        }
        // Rare tokens are counted together.
        var statistic = 0.0
        var degrees = -1.0
        var (rareCount, rareProbability) = (0, 0.0)
        for token in logits.indices {
            let expected = probabilities[token] * Double(draws)
            if probabilities[token] == 0 { #expect(counts[token] == 0, "token \(token) is ruled out") }
            if expected < 10 {
                rareCount += counts[token]
                rareProbability += expected
            } else {
                statistic +=
                    (Double(counts[token]) - expected) * (Double(counts[token]) - expected) / expected
                degrees += 1
            }
        }
        if rareProbability >= 10 {
            let difference = Double(rareCount) - rareProbability
            statistic += difference * difference / rareProbability
            degrees += 1
        }
        #expect(degrees >= 1)
        // Wilson and Hilferty: the cube root is nearly normal. 4 deviations come once in 30,000.
        let spread = 2 / (9 * degrees)
        let score = (cbrt(statistic / degrees) - (1 - spread)) / spread.squareRoot()
        #expect(abs(score) < 4, "chi square \(statistic) of \(degrees)")
    }

    /// Sampling settings by name, each for all vectors below.
    static let edges: [(String, @Sendable (inout GenerationOptions) -> Void)] = [
        ("greedy", { $0.temperature = 0 }), ("temperature 1", { $0.temperature = 1 }),
        ("temperature 1e-30", { $0.temperature = 1e-30 }), ("top-p 0", { $0.topP = 0 }),
        ("top-p 1", { $0.topP = 1 }), ("top-p least", { $0.topP = .leastNonzeroMagnitude }),
        ("k beyond", { $0.topK = .max }), ("k of one", { $0.topK = 1 }), ("min-p 1", { $0.minP = 1 }),
        ("min-p 0", { $0.minP = 0 }), ("typical least", { $0.typicalP = .leastNonzeroMagnitude }),
        ("typical 1", { $0.typicalP = 1 }),
        ("all", { ($0.temperature, $0.topK, $0.topP, $0.minP, $0.typicalP) = (100, 3, 0.5, 0.5, 0.5) }),
    ]

    @Test(arguments: edges.indices, [1, 2, 64, 65, 5000]) func edgeInputs(index: Int, count: Int) throws {
        let (name, change) = Self.edges[index]
        var options = GenerationOptions()
        change(&options)
        options.seed = 5
        try options.validate()
        var lone = [Float](repeating: -.infinity, count: count)
        lone[count / 2] = -7
        var two = lone
        two[0] = -7
        let takesOne = ["greedy", "top-p 0", "top-p least", "k of one"].contains(name)
        for (vector, logits, allowed) in [
            ("all equal", [Float](repeating: 2.5, count: count), Set(0..<count)),
            ("largest", [Float](repeating: .greatestFiniteMagnitude, count: count), Set(0..<count)),
            ("least", [Float](repeating: -.greatestFiniteMagnitude, count: count), Set(0..<count)),
            ("one finite", lone, [count / 2]), ("two finite", two, [0, count / 2]),
        ] {
            var sampler = Sampler(options, defaults: GenerationConfig.Search())
            for _ in 0..<20 {
                var copy = logits
                let token = try copy.withUnsafeMutableBufferPointer { try sampler.sample($0, history: []) }
                #expect(allowed.contains(token), "\(name), \(vector)")
                if takesOne { #expect(token == allowed.min(), "\(name), \(vector)") }
            }
        }
        for (bad, code) in [(Float.nan, "not_finite"), (.infinity, "not_finite")] {
            var logits = [Float](repeating: 1, count: count)
            logits[count - 1] = bad
            var sampler = Sampler(options, defaults: GenerationConfig.Search())
            #expect {
                try logits.withUnsafeMutableBufferPointer { try sampler.sample($0, history: []) }
            } throws: { ($0 as? ONNXError)?.code.rawValue == "generation.\(code)" }
        }
    }
}
