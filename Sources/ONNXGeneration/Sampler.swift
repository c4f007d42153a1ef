// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
import ONNXKernels

/// Chooses the next token from logits: penalties and bans, then temperature, top-k, top-p, min-p, typical-p and a draw;
/// or the largest; or what the caller's ``TokenSampler`` says.
///
/// Tokens are ordered by their weight `exp((logit - largest) / temperature)`, ties by the lower number. The vocabulary
/// is never sorted: one pass finds the largest logit of each block of 64, the blocks' maxima tell a bound above which
/// there are enough tokens, and only these are looked at one by one. Where the tokens do not suffice, the bound is
/// lowered. (Typical-p alone looks at all tokens that the others leave.) A sampler keeps its memory from token to token.
package struct Sampler: Sendable {
    private let isGreedy: Bool
    private let limits: TokenCandidates.Limits
    private var random: SplitMix64
    private var maxima: [Float] = []
    private var candidates = TokenCandidates()
    private var controls: LogitControls
    private let hasControls: Bool
    private var custom: (any TokenSampler)?

    /// - Parameter defaults: what the model's configuration says where `options` says nothing.
    package init(_ options: GenerationOptions, defaults: GenerationConfig.Search) {
        self.init(SearchSettings(options, defaults: defaults))
    }

    package init(_ settings: SearchSettings) {
        limits = TokenCandidates.Limits(
            largest: 0, temperature: settings.temperature, topK: settings.topK, topP: settings.topP,
            minP: settings.minP, typicalP: settings.typicalP)
        isGreedy = settings.isGreedy
        random = SplitMix64(state: settings.seed ?? UInt64.random(in: .min ... .max))
        controls = LogitControls(settings)
        hasControls = !controls.isEmpty
        custom = settings.sampler
    }

    /// The next token.
    ///
    /// - Parameters:
    ///   - logits: changed in place by penalties and processors.
    ///   - history: tokens so far, prompt included.
    ///   - promptCount: how many of them are the prompt's.
    /// - Throws: `generation.not_finite` when a logit is NaN or positive infinity, or none is finite;
    ///   `generation.no_token` when processors have left none; `generation.bad_token` of a custom sampler.
    package mutating func sample(
        _ logits: UnsafeMutableBufferPointer<Float>, history: [Int], promptCount: Int = 0
    ) throws(ONNXError) -> Int {
        let context = TokenContext(tokens: history, promptTokenCount: promptCount)
        try process(logits, context)
        if custom != nil {
            _ = try argmax(UnsafeBufferPointer(logits))
            return try sampleCustom(logits, context)
        }
        guard !isGreedy else { return try argmax(UnsafeBufferPointer(logits)) }
        return try draw(at: Double(random.next() >> 11) * 0x1p-53, from: UnsafeBufferPointer(logits))
    }

    /// The token at a place in `0 ..< 1` of the distribution that processed logits leave.
    package mutating func draw(
        at place: Double, from logits: UnsafeBufferPointer<Float>
    ) throws(ONNXError) -> Int {
        var limits = limits
        limits.largest = logits[try argmax(logits)]
        return candidates.draw(at: place, from: logits, maxima: maxima, limits)
    }

    /// Applies the penalties and processors, and tells what the model did from what they did.
    package mutating func process(
        _ logits: UnsafeMutableBufferPointer<Float>, _ context: TokenContext
    ) throws(ONNXError) {
        guard hasControls else { return }
        let best = try argmax(UnsafeBufferPointer(logits))
        try controls.apply(logits, after: context)
        // Whatever was largest may be ruled out now; all others are looked at only then.
        if logits[best] == -.infinity, !logits.contains(where: { $0 > -.infinity }) {
            throw ONNXError(
                "generation.no_token",
                "The penalties, bans and processors rule out all \(logits.count) tokens. Loosen them.")
        }
    }

    private mutating func sampleCustom(
        _ logits: UnsafeMutableBufferPointer<Float>, _ context: TokenContext
    ) throws(ONNXError) -> Int {
        let token = try custom?.sample(UnsafeBufferPointer(logits).span, after: context) ?? -1
        guard logits.indices.contains(token) else {
            throw ONNXError(
                "generation.bad_token",
                "The sampler chose the token \(token); the vocabulary is 0 ..< \(logits.count).")
        }
        return token
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
        return notFinite(logits[index], token: index)
    }

    static func notFinite(_ logit: Float, token: Int) -> ONNXError {
        ONNXError(
            "generation.not_finite",
            "The model computed the logit \(logit) for token \(token); its weights or the file may be damaged."
        )
    }

    private static var noneIsFinite: ONNXError {
        ONNXError("generation.not_finite", "The model computed no finite logit.")
    }
}
