// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGeneration

/// The choice of a token from the logits of a large vocabulary, on one thread; times are of one draw, the mean of 32
/// with seeds.
struct SamplerBenchmark {
    private let benchmark: Benchmark
    private static let vocabulary = 200_064
    private static let draws = 32

    init(_ benchmark: Benchmark) { self.benchmark = benchmark }

    func run() throws {
        // A sum of uniform numbers is nearly normal; the last is as good as equal for all tokens.
        let shapes = [("narrow", Self.logits(4)), ("wide", Self.logits(2)), ("flat", Self.logits(0.001))]
        defer { for (_, logits) in shapes { logits.deallocate() } }
        for (shape, logits) in shapes {
            try measure("greedy", shape, logits) { $0.temperature = 0 }
            try measure("temperature 0.8", shape, logits) { $0.temperature = 0.8 }
            try measure("top-p 0.9", shape, logits) { ($0.temperature, $0.topP) = (0.8, 0.9) }
            try measure("min-p 0.05", shape, logits) { ($0.temperature, $0.minP) = (0.8, 0.05) }
            try measure("top-k 50", shape, logits) { ($0.temperature, $0.topK) = (0.8, 50) }
        }
    }

    private func measure(
        _ name: String, _ shape: String, _ logits: UnsafeMutableBufferPointer<Float>,
        _ change: (inout GenerationOptions) -> Void
    ) throws {
        var options = GenerationOptions()
        options.seed = 1
        change(&options)
        var sampler = Sampler(options, defaults: GenerationConfig.Search())
        try benchmark.measure(
            "sample \(logits.count) \(shape) \(name)", Benchmark.Work(bytes: logits.count * 4),
            repeats: Self.draws
        ) {
            // Without controls the sampler leaves the logits as they are.
            for _ in 0..<Self.draws { _ = try sampler.sample(logits, history: []) }
        }
    }

    private static func logits(_ range: Float) -> UnsafeMutableBufferPointer<Float> {
        let parts = floats(vocabulary * 6, seed: 5)
        defer { parts.deallocate() }
        let result = UnsafeMutableBufferPointer<Float>.allocate(capacity: vocabulary)
        for token in 0..<vocabulary {
            let sum = parts[token * 6..<token * 6 + 6].reduce(0, +)
            result.initializeElement(at: token, to: sum * range)
        }
        return result
    }
}
