// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTokenization

/// Prompt tokens in, pieces of text out: prefill, then a token or, where the next ones can be guessed, several at a time until
/// something ends it.
struct GenerationLoop {
    let options: GenerationOptions
    var settings: SearchSettings
    let endOfSequence: Set<Int>
    /// Nil for generation without text.
    let tokenizer: Tokenizer?
    let isCancelled: @Sendable () -> Bool

    /// Runs to the end.
    ///
    /// - Parameters:
    ///   - prompt: the whole prompt; what `decoder` has read of it already is not read again.
    ///   - events: what the first piece tells.
    ///   - emit: takes each piece.
    /// - Throws: `prompt.empty`, `prompt.too_long`, and what the decoder throws, but not for a cancellation, which
    ///   is a finish reason.
    func run(
        _ prompt: [Int], on decoder: DecoderSession, events: [GenerationEvent] = [],
        emit: (GeneratedPiece) -> Void
    ) throws(ONNXError) {
        let limit = try TokenLimit(
            prompt.count, settings, contextLength: decoder.lengthLimit(options.longContext))
        let started = ContinuousClock.now
        decoder.longContext = options.longContext
        let cached = decoder.keepCommonPrefix(with: prompt)
        var progress = GenerationProgress(
            tokenizer: tokenizer, stopStrings: options.stopStrings, promptCount: prompt.count,
            cachedCount: cached, started: started)
        for event in events { progress.note(event) }
        guard limit.count > 0 else { return emit(progress.finish(limit.reason)) }
        var sampler = Sampler(settings)
        var planner = guesses(on: decoder) ? DraftPlanner(costs: options.runCosts) : nil
        var history = prompt
        var draft: [Int] = []
        while true {
            let pending = history[decoder.tokens.count...] + draft
            let begun = ContinuousClock.now
            let logits: Tensor
            do {
                logits = try decoder.append(
                    Array(pending), positions: 1 + draft.count, isCancelled: isCancelled)
            } catch  where error.code == "run.cancelled" {
                return emit(progress.finish(.cancelled))
            }
            if let cost = decoder.takeRecomputation() {
                progress.note(.longContext(recomputedTokenCount: cost.tokenCount, seconds: cost.seconds))
            } else if pending.count == 1 + draft.count {
                planner?.note(rows: pending.count, seconds: (ContinuousClock.now - begun).seconds)
            }
            let known = history.count
            for row in 0...draft.count {
                let token = try choose(logits, row, history, promptCount: prompt.count, &sampler, &progress)
                let text = isEnd(token) ? "" : try progress.decode(token)
                let reason = isEnd(token) ? .stop : reasonToEnd(progress, limit)
                let isRight = row < draft.count && token == draft[row]
                if reason != nil || !isRight {
                    decoder.rewind(to: history.count)
                    progress.noteDraft(of: draft.count, accepted: row + (isRight ? 1 : 0))
                }
                if let reason { return emit(progress.finish(reason, text: text)) }
                emit(progress.piece(text))
                history.append(token)
                guard isRight else { break }
            }
            planner?.judge(history[known...])
            draft = try nextDraft(&planner, history, room: limit.count - progress.tokenCount - 1, decoder)
        }
    }

    private func isEnd(_ token: Int) -> Bool {
        endOfSequence.contains(token) && !options.ignoresEndOfSequence
    }

    private func reasonToEnd(_ progress: GenerationProgress, _ limit: TokenLimit) -> FinishReason? {
        if progress.isStopped { return .stop }
        if progress.tokenCount >= limit.count { return limit.reason }
        return isCancelled() ? .cancelled : nil
    }

    /// Whether tokens are guessed where that pays.
    private func guesses(on decoder: DecoderSession) -> Bool {
        switch options.promptLookup {
        case .automatic: decoder.keepsBits
        case .always: true
        case .never: false
        }
    }

    /// The tokens that are guessed to follow, as many as the decoder can take back.
    private func nextDraft(
        _ planner: inout DraftPlanner?, _ history: [Int], room: Int, _ decoder: DecoderSession
    ) throws(ONNXError) -> [Int] {
        guard let draft = planner?.draft(after: history, room: room), !draft.isEmpty else { return [] }
        return try decoder.takesDraft(of: draft.count) ? draft : []
    }

    /// The next token, noted with its log-probability if that is wanted.
    private func choose(
        _ logits: Tensor, _ row: Int, _ history: [Int], promptCount: Int, _ sampler: inout Sampler,
        _ progress: inout GenerationProgress
    ) throws(ONNXError) -> Int {
        let vocabulary = logits.shape[2]
        let values = UnsafeMutableBufferPointer(
            start: logits.mutableBaseAddress.assumingMemoryBound(to: Float.self) + row * vocabulary,
            count: vocabulary)
        return try withExtendedLifetime(logits) { () throws(ONNXError) in
            // The sampler changes the logits.
            let original = options.logProbabilities == nil ? [] : Array(values)
            let token: Int
            do throws(ONNXError) {
                token = try sampler.sample(values, history: history, promptCount: promptCount)
            } catch {
                throw error.adding("new token \(progress.tokenCount + 1), position \(history.count)")
            }
            let entry = options.logProbabilities.map { count in
                original.withUnsafeBufferPointer {
                    LogProbabilities($0).entry(of: token, alternatives: count)
                }
            }
            progress.note(token, entry)
            return token
        }
    }
}
