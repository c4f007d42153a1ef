// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Chooses the next token from logits: repetition penalty, temperature, top-k, top-p, then a draw; or the largest.
package struct Sampler {
    private let isGreedy: Bool
    private let temperature: Float
    private let topK: Int
    private let topP: Float
    private let repetitionPenalty: Float
    private var random: SplitMix64

    /// - Parameter defaults: what the model's configuration says where `options` says nothing.
    package init(_ options: GenerationOptions, defaults: GenerationConfig.Search) {
        let explicit = options.temperature ?? options.topP
        let samples = explicit != nil || options.topK != nil || defaults.doSample
        temperature = options.temperature ?? (defaults.doSample ? defaults.temperature : 1)
        topK = options.topK ?? (defaults.doSample ? defaults.topK : 0)
        topP = options.topP ?? (defaults.doSample ? defaults.topP : 1)
        repetitionPenalty = options.repetitionPenalty ?? defaults.repetitionPenalty
        isGreedy = !samples || temperature == 0 || topK == 1
        random = SplitMix64(state: options.seed ?? UInt64.random(in: .min ... .max))
    }

    /// The next token.
    ///
    /// - Parameters:
    ///   - logits: changed in place by the repetition penalty.
    ///   - history: tokens so far, prompt included.
    /// - Throws: `generation.not_finite` when a logit is NaN or positive infinity, or none is finite.
    package mutating func sample(
        _ logits: UnsafeMutableBufferPointer<Float>, history: some Sequence<Int>
    ) throws(ONNXError) -> Int {
        penalise(logits, history)
        let best = try Self.argmax(logits)
        guard !isGreedy else { return best }
        return draw(from: candidates(logits, largest: logits[best]))
    }

    /// The first of the largest logits.
    static func argmax(_ logits: UnsafeMutableBufferPointer<Float>) throws(ONNXError) -> Int {
        var best = -1
        var largest = -Float.infinity
        for (index, value) in logits.enumerated() {
            guard !value.isNaN, value < .infinity else {
                throw ONNXError(
                    "generation.not_finite",
                    "The model computed the logit \(value) for token \(index); its weights or the file may be damaged."
                )
            }
            if value > largest {
                largest = value
                best = index
            }
        }
        guard best >= 0 else {
            throw ONNXError("generation.not_finite", "The model computed no finite logit.")
        }
        return best
    }

    private func penalise(_ logits: UnsafeMutableBufferPointer<Float>, _ history: some Sequence<Int>) {
        guard repetitionPenalty != 1 else { return }
        for token in Set(history) where token >= 0 && token < logits.count {
            logits[token] =
                logits[token] > 0 ? logits[token] / repetitionPenalty : logits[token] * repetitionPenalty
        }
    }

    /// Tokens with unnormalised probabilities, most likely first, cut by top-k and top-p.
    private func candidates(
        _ logits: UnsafeMutableBufferPointer<Float>, largest: Float
    ) -> [(token: Int, weight: Double)] {
        var list: [(token: Int, weight: Double)] = []
        list.reserveCapacity(logits.count)
        for (token, logit) in logits.enumerated() {
            let weight = exp(Double((logit - largest) / temperature))
            if weight > 0 { list.append((token, weight)) }
        }
        list.sort { ($0.weight, $1.token) > ($1.weight, $0.token) }
        if topK > 0, list.count > topK { list.removeSubrange(topK...) }
        guard topP < 1 else { return list }
        let total = list.reduce(0) { $0 + $1.weight }
        var sum = 0.0
        var kept = 0
        while kept < list.count {
            sum += list[kept].weight
            kept += 1
            if sum >= Double(topP) * total { break }
        }
        list.removeSubrange(kept...)
        return list
    }

    private mutating func draw(from candidates: [(token: Int, weight: Double)]) -> Int {
        let total = candidates.reduce(0) { $0 + $1.weight }
        var position = Double(random.next() >> 11) * 0x1p-53 * total
        for candidate in candidates {
            position -= candidate.weight
            if position < 0 { return candidate.token }
        }
        return candidates.last?.token ?? 0
    }
}

/// A small generator of random bits with a state of 64. Source: Steele, Lea, Flood, "Fast splittable pseudorandom
/// number generators", OOPSLA 2014.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
