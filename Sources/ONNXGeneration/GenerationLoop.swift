// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTokenization

/// Prompt tokens in, pieces of text out: prefill, then one token at a time until something ends it.
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
        var pending = Array(prompt[cached...])
        while true {
            let logits: Tensor
            do {
                logits = try decoder.append(pending, isCancelled: isCancelled)
            } catch  where error.code == "run.cancelled" {
                return emit(progress.finish(.cancelled))
            }
            if let cost = decoder.takeRecomputation() {
                progress.note(.longContext(recomputedTokenCount: cost.tokenCount, seconds: cost.seconds))
            }
            let token = try choose(logits, decoder.tokens, promptCount: prompt.count, &sampler, &progress)
            if endOfSequence.contains(token), !options.ignoresEndOfSequence {
                return emit(progress.finish(.stop))
            }
            let text = try progress.decode(token)
            if progress.isStopped { return emit(progress.finish(.stop, text: text)) }
            if progress.tokenCount >= limit.count { return emit(progress.finish(limit.reason, text: text)) }
            if isCancelled() { return emit(progress.finish(.cancelled, text: text)) }
            emit(progress.piece(text))
            pending = [token]
        }
    }

    /// The next token, noted with its log-probability if that is wanted.
    private func choose(
        _ logits: Tensor, _ history: [Int], promptCount: Int, _ sampler: inout Sampler,
        _ progress: inout GenerationProgress
    ) throws(ONNXError) -> Int {
        let values = UnsafeMutableBufferPointer(
            start: logits.mutableBaseAddress.assumingMemoryBound(to: Float.self), count: logits.shape[2])
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
