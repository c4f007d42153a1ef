// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTokenization

/// The counters and the text of one generation.
struct GenerationProgress {
    private let promptCount: Int
    private let cachedCount: Int
    private let started: ContinuousClock.Instant
    private var firstToken: ContinuousClock.Instant?
    private var lastToken: ContinuousClock.Instant?
    private var decoder: StreamingDecoder?
    private var matcher: StopMatcher
    private var unsent: [Int] = []
    private var unsentProbabilities: [TokenLogProbability] = []
    private var unsentEvents: [GenerationEvent] = []
    private(set) var tokenCount = 0
    private var draftedCount = 0
    private var acceptedCount = 0

    init(
        tokenizer: Tokenizer?, stopStrings: [String], promptCount: Int, cachedCount: Int,
        started: ContinuousClock.Instant
    ) {
        self.promptCount = promptCount
        self.cachedCount = cachedCount
        self.started = started
        decoder = tokenizer.map { $0.makeStreamingDecoder(skipSpecial: true) }
        matcher = StopMatcher(stopStrings)
    }

    /// Whether a stop string came.
    var isStopped: Bool { matcher.isStopped }

    mutating func note(_ event: GenerationEvent) { unsentEvents.append(event) }

    mutating func note(_ token: Int, _ probability: TokenLogProbability?) {
        let now = ContinuousClock.now
        if firstToken == nil { firstToken = now }
        lastToken = now
        tokenCount += 1
        unsent.append(token)
        if let probability { unsentProbabilities.append(probability) }
    }

    mutating func noteDraft(of drafted: Int, accepted: Int) {
        draftedCount += drafted
        acceptedCount += accepted
    }

    /// The text that a token lets out.
    mutating func decode(_ token: Int) throws(ONNXError) -> String {
        guard decoder != nil else { return "" }
        return matcher.append(try decoder?.append(token) ?? "")
    }

    /// What came since the last piece.
    mutating func piece(_ text: String, summary: GenerationSummary? = nil) -> GeneratedPiece {
        defer { (unsent, unsentProbabilities, unsentEvents) = ([], [], []) }
        return GeneratedPiece(
            text: text, tokens: unsent, logProbabilities: unsentProbabilities, events: unsentEvents,
            summary: summary)
    }

    /// The last piece, with the text that was held back.
    mutating func finish(_ reason: FinishReason, text: String = "") -> GeneratedPiece {
        var text = text
        if !matcher.isStopped {
            text += matcher.append(decoder?.flush() ?? "")
            if !matcher.isStopped { text += matcher.flush() }
        }
        let first = firstToken ?? ContinuousClock.now
        let summary = GenerationSummary(
            finishReason: reason, promptTokenCount: promptCount, cachedTokenCount: cachedCount,
            generatedTokenCount: tokenCount, draftedTokenCount: draftedCount,
            acceptedTokenCount: acceptedCount, prefillSeconds: (first - started).seconds,
            decodeSeconds: lastToken.map { ($0 - first).seconds } ?? 0)
        return piece(text, summary: summary)
    }
}

extension Duration {
    /// The length in seconds.
    package var seconds: Double {
        let (whole, attoseconds) = components
        return Double(whole) + Double(attoseconds) * 1e-18
    }
}
