// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// The built-in processors that one generation needs, in their order, then the caller's own; see
/// ``GenerationOptions``. Each touches only the tokens that it is about, never the whole vocabulary.
struct LogitControls: Sendable {
    private let bias: [Int: Float]
    private var repetition: RepetitionPenalty?
    private var counts: CountPenalties?
    private let ngrams: NoRepeatNgrams?
    private let banned: BannedSequences?
    private let minimum: MinimumLength?
    private var processors: [any LogitProcessor]

    init(_ settings: SearchSettings) {
        bias = settings.logitBias
        repetition = RepetitionPenalty(settings.repetitionPenalty)
        counts = CountPenalties(presence: settings.presencePenalty, frequency: settings.frequencyPenalty)
        ngrams = NoRepeatNgrams(size: settings.noRepeatNgramSize)
        banned = BannedSequences(settings.bannedTokens)
        minimum = MinimumLength(
            length: settings.minimumLength, newTokens: settings.minimumTokens,
            endOfSequence: settings.endOfSequence)
        processors = settings.processors
    }

    /// Whether nothing here changes a logit.
    var isEmpty: Bool {
        bias.isEmpty && repetition == nil && counts == nil && ngrams == nil && banned == nil
            && minimum == nil && processors.isEmpty
    }

    /// Changes the logits in place.
    ///
    /// - Throws: what the caller's processors throw.
    mutating func apply(
        _ logits: UnsafeMutableBufferPointer<Float>, after context: TokenContext
    ) throws(ONNXError) {
        for (token, value) in bias where token < logits.count { logits[token] += value }
        repetition?.apply(logits, after: context.tokens)
        counts?.apply(logits, after: context.generatedTokens)
        ngrams?.apply(logits, after: context.tokens)
        banned?.apply(logits, after: context.tokens)
        minimum?.apply(logits, after: context)
        for index in processors.indices {
            var span = logits.mutableSpan
            try processors[index].process(&span, after: context)
        }
    }
}
