// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension GenerationLoop {
    /// The result of a beam search.
    struct BeamResult {
        /// Best first, as many as there are beams.
        let sequences: [GeneratedSequence]
        let summary: GenerationSummary
        let recomputation: GenerationEvent?
    }

    /// Searches with beams, and emits the best sequence as one piece.
    func runBeams(
        _ prompt: [Int], on decoder: DecoderSession, events: [GenerationEvent],
        makeDecoder: () throws(ONNXError) -> DecoderSession, emit: (GeneratedPiece) -> Void
    ) throws(ONNXError) {
        let result = try searchBeams(prompt, on: decoder, makeDecoder: makeDecoder)
        let best = result.sequences.first
        emit(
            GeneratedPiece(
                text: best?.text ?? "", tokens: best?.tokens ?? [],
                logProbabilities: best?.logProbabilities ?? [],
                events: events + (result.recomputation.map { [$0] } ?? []), summary: result.summary))
    }

    /// The sequences that beams find.
    ///
    /// - Throws: `prompt.*`, `options.conflict`, and what the decoder throws, but not for a cancellation.
    func searchBeams(
        _ prompt: [Int], on decoder: DecoderSession, makeDecoder: () throws(ONNXError) -> DecoderSession
    ) throws(ONNXError) -> BeamResult {
        guard settings.isGreedy, settings.sampler == nil else {
            throw ONNXError(
                "options.conflict",
                "Beams take the likeliest tokens, so they exclude sampling. Set the number of beams to 1, or switch sampling off."
            )
        }
        let limit = try TokenLimit(
            prompt.count, settings, contextLength: decoder.lengthLimit(options.longContext))
        let started = ContinuousClock.now
        decoder.longContext = options.longContext
        let cached = decoder.keepCommonPrefix(with: prompt)
        var promptRead = started
        var found: [BeamHypothesis] = []
        var isCut = false
        var search = BeamSearch(
            settings, endOfSequence: options.ignoresEndOfSequence ? [] : endOfSequence,
            alternatives: options.logProbabilities, isCancelled: isCancelled)
        do throws(ONNXError) {
            if limit.count > 0 {
                found = try search.run(
                    prompt, on: decoder, limit: limit.count, makeDecoder: makeDecoder,
                    promptRead: { promptRead = .now })
            }
        } catch  where error.code == "run.cancelled" {
            isCut = true
        }
        let sequences = try found.map { (hypothesis: BeamHypothesis) throws(ONNXError) in
            try sequence(hypothesis, promptCount: prompt.count, reason: limit.reason)
        }
        let summary = GenerationSummary(
            finishReason: isCut ? .cancelled : sequences.first?.finishReason ?? limit.reason,
            promptTokenCount: prompt.count, cachedTokenCount: cached,
            generatedTokenCount: sequences.first?.tokens.count ?? 0, draftedTokenCount: 0,
            acceptedTokenCount: 0,
            prefillSeconds: (promptRead - started).seconds,
            decodeSeconds: (ContinuousClock.now - promptRead).seconds)
        let cost = decoder.takeRecomputation()
        return BeamResult(
            sequences: sequences, summary: summary,
            recomputation: cost.map { .longContext(recomputedTokenCount: $0.tokenCount, seconds: $0.seconds) }
        )
    }

    private func sequence(
        _ hypothesis: BeamHypothesis, promptCount: Int, reason: FinishReason
    ) throws(ONNXError) -> GeneratedSequence {
        let tokens = Array(hypothesis.tokens[promptCount...])
        var matcher = StopMatcher(options.stopStrings)
        var text = ""
        if var decoder = tokenizer?.makeStreamingDecoder(skipSpecial: true) {
            for token in tokens { text += matcher.append(try decoder.append(token)) }
            text += matcher.append(decoder.flush())
            if !matcher.isStopped { text += matcher.flush() }
        }
        return GeneratedSequence(
            text: text, tokens: tokens, score: hypothesis.score, logProbabilities: hypothesis.entries,
            finishReason: hypothesis.isComplete || matcher.isStopped ? .stop : reason)
    }
}
