// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTokenization

/// Prompt tokens in, pieces of text out: prefill, then one token at a time until something ends it.
struct GenerationLoop {
    let options: GenerationOptions
    let defaults: GenerationConfig.Search
    let endOfSequence: Set<Int>
    /// Tokens that the context holds in all.
    let contextLength: Int
    /// Nil for generation without text.
    let tokenizer: Tokenizer?
    let isCancelled: @Sendable () -> Bool

    /// Runs to the end.
    ///
    /// - Parameters:
    ///   - prompt: the whole prompt; what `decoder` has read of it already is not read again.
    ///   - emit: takes each piece.
    /// - Throws: `prompt.empty`, `prompt.too_long`, and what the decoder throws, but not for a cancellation, which
    ///   is a finish reason.
    func run(
        _ prompt: [Int], on decoder: DecoderSession, emit: (GeneratedPiece) -> Void
    ) throws(ONNXError) {
        guard !prompt.isEmpty else { throw ONNXError("prompt.empty", "The prompt has no tokens.") }
        guard prompt.count < contextLength else {
            throw ONNXError(
                "prompt.too_long",
                "The prompt has \(prompt.count) tokens; the context holds \(contextLength), the answer included. Shorten the prompt."
            )
        }
        let started = ContinuousClock.now
        let cached = decoder.keepCommonPrefix(with: prompt)
        var progress = Progress(loop: self, promptCount: prompt.count, cachedCount: cached, started: started)
        let limit = min(options.maximumTokens ?? .max, contextLength - prompt.count)
        guard limit > 0 else { return emit(progress.finish(.length)) }
        var sampler = Sampler(options, defaults: defaults)
        var pending = Array(prompt[cached...])
        while true {
            let logits: Tensor
            do {
                logits = try decoder.append(pending, isCancelled: isCancelled)
            } catch  where error.code == "run.cancelled" {
                return emit(progress.finish(.cancelled))
            }
            let history = decoder.tokens
            let count = logits.shape[2]
            let values = UnsafeMutableBufferPointer(
                start: logits.mutableBaseAddress.assumingMemoryBound(to: Float.self), count: count)
            let token = try withExtendedLifetime(logits) { () throws(ONNXError) in
                try sampler.sample(values, history: history)
            }
            progress.note(token)
            if endOfSequence.contains(token), !options.ignoresEndOfSequence {
                return emit(progress.finish(.stop))
            }
            let text = try progress.decode(token)
            if progress.isStopped { return emit(progress.finish(.stop, text: text)) }
            if progress.tokenCount >= limit { return emit(progress.finish(.length, text: text)) }
            if isCancelled() { return emit(progress.finish(.cancelled, text: text)) }
            emit(GeneratedPiece(text: text, tokens: [token], summary: nil))
            progress.emittedTokens()
            pending = [token]
        }
    }
}

/// The counters and the text of one generation.
private struct Progress {
    private let promptCount: Int
    private let cachedCount: Int
    private let started: ContinuousClock.Instant
    private var firstToken: ContinuousClock.Instant?
    private var lastToken: ContinuousClock.Instant?
    private var decoder: StreamingDecoder?
    private var matcher: StopMatcher
    private var unsent: [Int] = []
    private(set) var tokenCount = 0

    init(loop: GenerationLoop, promptCount: Int, cachedCount: Int, started: ContinuousClock.Instant) {
        self.promptCount = promptCount
        self.cachedCount = cachedCount
        self.started = started
        decoder = loop.tokenizer.map { $0.makeStreamingDecoder(skipSpecial: true) }
        matcher = StopMatcher(loop.options.stopStrings)
    }

    var isStopped: Bool { matcher.isStopped }

    mutating func note(_ token: Int) {
        let now = ContinuousClock.now
        if firstToken == nil { firstToken = now }
        lastToken = now
        tokenCount += 1
        unsent.append(token)
    }

    mutating func decode(_ token: Int) throws(ONNXError) -> String {
        guard decoder != nil else { return "" }
        return matcher.append(try decoder?.append(token) ?? "")
    }

    mutating func emittedTokens() { unsent = [] }

    mutating func finish(_ reason: FinishReason, text: String = "") -> GeneratedPiece {
        var text = text
        if !matcher.isStopped {
            text += matcher.append(decoder?.flush() ?? "")
            if !matcher.isStopped { text += matcher.flush() }
        }
        let first = firstToken ?? ContinuousClock.now
        let summary = GenerationSummary(
            finishReason: reason, promptTokenCount: promptCount, cachedTokenCount: cachedCount,
            generatedTokenCount: tokenCount, prefillSeconds: (first - started).seconds,
            decodeSeconds: lastToken.map { ($0 - first).seconds } ?? 0)
        return GeneratedPiece(text: text, tokens: unsent, summary: summary)
    }
}

extension Duration {
    /// The length in seconds.
    package var seconds: Double {
        let (whole, attoseconds) = components
        return Double(whole) + Double(attoseconds) * 1e-18
    }
}

extension DecoderSession {
    /// Forgets what differs from `prompt` and gives how many of its tokens remain cached; at least the last token
    /// of the prompt is left to read, since its logits are needed.
    func keepCommonPrefix(with prompt: [Int]) -> Int {
        var common = 0
        for (cached, token) in zip(tokens, prompt) {
            guard cached == token else { break }
            common += 1
        }
        rewind(to: min(common, prompt.count - 1))
        return tokens.count
    }
}
