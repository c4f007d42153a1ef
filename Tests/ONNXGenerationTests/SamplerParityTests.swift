// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXGeneration
import Testing

/// ``Sampler`` draws what ``ReferenceSampler`` draws, from the same seeds.
struct SamplerParityTests {
    struct Settings: CustomStringConvertible {
        var temperature: Float = 1
        var topK = 0
        var topP: Float = 1
        var penalty: Float = 1
        var description: String { "temperature \(temperature) k \(topK) p \(topP) penalty \(penalty)" }
    }

    static let settings: [Settings] = {
        var result: [Settings] = []
        for temperature in [0, 1e-30, 0.1, 0.8, 1, 5, 100] as [Float] {
            for topK in [0, 1, 2, 50, 300, 5000, 1_000_000] {
                for topP in [1e-6, 0.5, 0.9, 0.99999, 1] as [Float] {
                    result.append(
                        Settings(
                            temperature: temperature, topK: topK, topP: topP, penalty: topK % 3 == 2 ? 1.3 : 1
                        ))
                }
            }
        }
        return result
    }()

    /// Vectors of logits by name.
    static let vectors: [(name: String, logits: [Float])] = {
        var random = SplitMix64(state: 41)
        func normal(_ count: Int, _ deviation: Float) -> [Float] {
            (0..<count).map { _ in
                let (a, b) = (
                    Double.random(in: 1e-12..<1, using: &random), Double.random(in: 0..<1, using: &random)
                )
                return Float((-2 * log(a)).squareRoot() * cos(2 * .pi * b)) * deviation
            }
        }
        func rounded(_ values: [Float], to step: Float) -> [Float] {
            values.map { ($0 / step).rounded() * step }
        }
        var result: [(String, [Float])] = []
        for count in [1, 2, 63, 64, 65, 127, 1000, 20_011] {
            result.append(("normal of \(count)", normal(count, 3)))
        }
        result.append(("peaked", normal(20_011, 3).enumerated().map { $0 % 997 == 5 ? $1 + 15 : $1 }))
        result.append(("coarse", rounded(normal(20_011, 3), to: 0.5)))
        result.append(("coarse and short", rounded(normal(700, 2), to: 1)))
        result.append(("all equal", [Float](repeating: -3.25, count: 20_011)))
        result.append(("two values", (0..<9000).map { $0 % 64 == 63 ? 1 : 0.5 }))
        result.append(("flat", normal(20_011, 1e-3)))
        result.append(("closer than a weight tells", normal(9000, 1e-20)))
        result.append(("large and close", (0..<9000).map { 1e6 + Float($0 % 5) * 0.0625 }))
        result.append(("rising", (0..<9000).map { Float($0) * 0.01 }))
        result.append(("falling", (0..<9000).map { Float($0) * -0.01 }))
        var lone = [Float](repeating: -.infinity, count: 9000)
        lone[4321] = 2
        result.append(("one finite", lone))
        result.append(("half infinite", normal(9000, 3).enumerated().map { $0 % 2 == 0 ? -.infinity : $1 }))
        result.append(("wide", normal(9000, 1e37)))
        for bad in [Float.nan, .infinity] {
            for place in [0, 63, 64, 8999] {
                var logits = normal(9000, 3)
                logits[place] = bad
                result.append(("\(bad) at \(place)", logits))
            }
        }
        result.append(("none finite", [Float](repeating: -.infinity, count: 100)))
        result.append(("none", []))
        return result
    }()

    @Test(arguments: vectors.indices) func drawsWhatTheReferenceDraws(_ index: Int) throws {
        let (name, logits) = Self.vectors[index]
        let history = [3, 3, -1, 17, 1 << 40, 70, 8999]
        for (number, settings) in Self.settings.enumerated() {
            var options = GenerationOptions()
            options.temperature = settings.temperature
            options.topK = settings.topK
            options.topP = settings.topP
            options.repetitionPenalty = settings.penalty
            options.seed = UInt64(number)
            var sampler = Sampler(options, defaults: GenerationConfig.Search())
            var reference = ReferenceSampler(
                temperature: settings.temperature, topK: settings.topK, topP: settings.topP,
                repetitionPenalty: settings.penalty, random: SplitMix64(state: UInt64(number)))
            for draw in 0..<3 {
                let expected = reference.sample(logits, history: history)
                var copy = logits
                let token = try? copy.withUnsafeMutableBufferPointer {
                    try sampler.sample($0, history: history)
                }
                #expect(token == expected, "\(name), \(settings), draw \(draw)")
            }
        }
    }

    /// Vocabularies in which the likeliest tokens do not suffice, so that others are searched for.
    @Test(arguments: [1e-3, 1.5, 3, 6] as [Float]) func drawsFarDownTheVocabulary(_ deviation: Float) throws {
        let count = 50_000
        var random = SplitMix64(state: 77)
        let logits: [Float] = (0..<count).map { index in
            if index % 1000 == 999 { return -.infinity }
            let sum = (0..<6).reduce(Float(0)) { sum, _ in sum + Float.random(in: -1...1, using: &random) }
            return 7 + sum * deviation / 1.4142135
        }
        for (temperature, topP, minP) in [
            (1, 1, 0), (0.7, 0.9, 0), (1.3, 0.5, 0), (1, 0.99, 0), (0.7, 1, 0.01), (1, 0.95, 1e-4),
            (1, 1, 1e-5),
            (5, 0.8, 0.1),
        ] as [(Float, Float, Float)] {
            var options = GenerationOptions()
            (options.temperature, options.topP, options.minP, options.seed) = (temperature, topP, minP, 9)
            var sampler = Sampler(options, defaults: GenerationConfig.Search())
            var reference = ReferenceSampler(
                temperature: temperature, topP: topP, minP: minP, random: SplitMix64(state: 9))
            for draw in 0..<3 {
                let expected = reference.sample(logits, history: [])
                var copy = logits
                let token = try copy.withUnsafeMutableBufferPointer { try sampler.sample($0, history: []) }
                #expect(token == expected, "t \(temperature), p \(topP), min \(minP), draw \(draw)")
            }
        }
    }

    /// A damaged configuration may hold what options refuse.
    @Test(arguments: [-0.5, -.infinity, .nan] as [Float]) func temperaturesThatNobodyAsksFor(
        _ temperature: Float
    ) throws {
        var search = GenerationConfig.Search()
        search.doSample = true
        search.temperature = temperature
        search.topK = 5
        search.topP = 0.9
        var options = GenerationOptions()
        options.seed = 2
        var sampler = Sampler(options, defaults: search)
        var logits: [Float] = (0..<1000).map { Float($0 % 77) }
        let token = try logits.withUnsafeMutableBufferPointer { try sampler.sample($0, history: []) }
        #expect((0..<1000).contains(token))
    }

    @Test func errorsNameTheFirstBadLogit() throws {
        var logits: [Float] = (0..<500).map { Float($0 % 7) }
        logits[130] = .nan
        logits[77] = .infinity
        var sampler = Sampler(GenerationOptions(), defaults: GenerationConfig.Search())
        #expect {
            _ = try logits.withUnsafeMutableBufferPointer { try sampler.sample($0, history: []) }
        } throws: { error in
            (error as? ONNXError)?.code == "generation.not_finite"
                && "\(error)".contains("logit inf for token 77")
        }
    }

    /// Sampling 200,064 logits must not show beside a token's milliseconds; prints microseconds.
    @Test func samplingDoesNotSortTheVocabulary() throws {
        for count in [49_152, 200_064] {
            var random = SplitMix64(state: 5)
            let spread: [Float] = (0..<count).map { _ in
                (0..<6).reduce(0) { sum, _ in sum + Float.random(in: -2...2, using: &random) }
            }
            let flat: [Float] = (0..<count).map { _ in Float.random(in: 0...0.01, using: &random) }
            var sortSeconds = 0.0
            for (name, settings, logits) in [
                ("greedy", Settings(temperature: 0), spread),
                ("top-k 50", Settings(temperature: 0.8, topK: 50), spread),
                ("top-k 50, top-p 0.9", Settings(temperature: 0.8, topK: 50, topP: 0.9), spread),
                ("top-p 0.9", Settings(temperature: 0.8, topP: 0.9), spread.map { $0 * 2 }),
                ("temperature 0.8", Settings(temperature: 0.8), spread.map { $0 * 2 }),
                ("top-p 0.99999, flat", Settings(temperature: 0.8, topP: 0.99999), flat),
            ] {
                var options = GenerationOptions()
                options.temperature = settings.temperature
                options.topK = settings.topK
                options.topP = settings.topP
                options.seed = 1
                var sampler = Sampler(options, defaults: GenerationConfig.Search())
                var reference = ReferenceSampler(
                    temperature: settings.temperature, topK: settings.topK, topP: settings.topP,
                    random: SplitMix64(state: 1))
                var copy = logits
                let times = try copy.withUnsafeMutableBufferPointer { logits in
                    try (0..<21).map { _ in
                        let started = ContinuousClock.now
                        _ = try sampler.sample(logits, history: [])
                        return (ContinuousClock.now - started).seconds
                    }
                }
                let started = ContinuousClock.now
                _ = reference.sample(logits, history: [])
                let slow = (ContinuousClock.now - started).seconds
                let median = times.sorted()[10]
                print("sampling \(count), \(name): \(Int(median * 1e6)) us, reference \(Int(slow * 1e6))")
                if settings.topK == 50 { sortSeconds = slow }
                #expect(median < slow, "\(name)")
                if settings.topK == 50 { #expect(median * 20 < sortSeconds, "\(name)") }
            }
        }
    }
}
