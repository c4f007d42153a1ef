// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
import ONNXKernels

/// Chooses the next token from logits: repetition penalty, temperature, top-k, top-p, then a draw; or the largest.
///
/// Tokens are ordered by their weight `exp((logit - largest) / temperature)`, ties by the lower number. The vocabulary
/// is never sorted: one pass finds the largest logit of each block of 64, the blocks' maxima tell a bound above which
/// there are enough tokens, and only these are looked at one by one. Where the tokens do not suffice, the bound is
/// lowered. A sampler keeps its memory from token to token.
package struct Sampler {
    private let isGreedy: Bool
    private let temperature: Float
    private let topK: Int
    private let topP: Float
    private let repetitionPenalty: Float
    private var random: SplitMix64
    private var maxima: [Float] = []
    private var candidates = TokenCandidates()
    /// By token, the latest call that has penalised it.
    private var penalised: [UInt32] = []
    private var calls: UInt32 = 0

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
        let best = try argmax(UnsafeBufferPointer(logits))
        guard !isGreedy else { return best }
        let position = Double(random.next() >> 11) * 0x1p-53
        return candidates.draw(
            at: position, from: UnsafeBufferPointer(logits), maxima: maxima,
            TokenCandidates.Limits(
                largest: logits[best], temperature: temperature, topK: topK, topP: topP))
    }

    /// The first of the largest logits; fills ``maxima``.
    private mutating func argmax(_ logits: UnsafeBufferPointer<Float>) throws(ONNXError) -> Int {
        let block = RowKernels.maximaBlock
        let blocks = (logits.count + block - 1) / block
        if maxima.count != blocks { maxima = [Float](repeating: 0, count: blocks) }
        guard let base = logits.baseAddress, blocks > 0 else { throw Self.noneIsFinite }
        let isOrdered = maxima.withUnsafeMutableBufferPointer { maxima in
            maxima.baseAddress.map { RowKernels.blockMaxima(base, count: logits.count, into: $0) } ?? false
        }
        var best = 0
        for index in 1..<max(1, blocks) where maxima[index] > maxima[best] { best = index }
        guard isOrdered, maxima[best] < .infinity else { throw Self.notFinite(logits) }
        guard maxima[best] > -.infinity else { throw Self.noneIsFinite }
        for index in best * block..<min(logits.count, (best + 1) * block)
        where logits[index] == maxima[best] { return index }
        throw Self.noneIsFinite
    }

    private static func notFinite(_ logits: UnsafeBufferPointer<Float>) -> ONNXError {
        let index = logits.firstIndex { $0.isNaN || $0 == .infinity } ?? 0
        return ONNXError(
            "generation.not_finite",
            "The model computed the logit \(logits[index]) for token \(index); its weights or the file may be damaged."
        )
    }

    private static var noneIsFinite: ONNXError {
        ONNXError("generation.not_finite", "The model computed no finite logit.")
    }

    private mutating func penalise(
        _ logits: UnsafeMutableBufferPointer<Float>, _ history: some Sequence<Int>
    ) {
        guard repetitionPenalty != 1 else { return }
        calls &+= 1
        if penalised.count != logits.count || calls == 0 {
            penalised = [UInt32](repeating: 0, count: logits.count)
            calls = 1
        }
        for token in history where token >= 0 && token < logits.count && penalised[token] != calls {
            penalised[token] = calls
            logits[token] =
                logits[token] > 0 ? logits[token] / repetitionPenalty : logits[token] * repetitionPenalty
        }
    }
}
