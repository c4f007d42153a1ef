// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One way that a beam search went, complete or not.
struct BeamHypothesis: Sendable {
    var tokens: [Int]
    /// The sum of the log-probabilities, divided by a power of the length.
    var score: Float
    /// Whether an end-of-sequence token came; it is not among the tokens.
    var isComplete: Bool
    var entries: [TokenLogProbability]
}

/// The best complete sequences of one group of beams, best first, of which it keeps as many as it has beams.
///
/// Lengths count the prompt, as in onnxruntime-genai.
struct BeamHypotheses {
    private let capacity: Int
    private let lengthPenalty: Float
    private(set) var best: [BeamHypothesis] = []

    init(capacity: Int, lengthPenalty: Float) {
        self.capacity = capacity
        self.lengthPenalty = lengthPenalty
    }

    var isFull: Bool { best.count == capacity }

    func score(_ sum: Float, length: Int) -> Float { sum / pow(Float(length), lengthPenalty) }

    /// Keeps a sequence if it is among the best; of equal ones the earlier.
    mutating func add(_ tokens: [Int], sum: Float, isComplete: Bool, _ entries: [TokenLogProbability]) {
        let score = score(sum, length: tokens.count)
        if isFull, let last = best.last, score <= last.score { return }
        var place = best.count
        while place > 0, score > best[place - 1].score { place -= 1 }
        best.insert(
            BeamHypothesis(tokens: tokens, score: score, isComplete: isComplete, entries: entries), at: place)
        if best.count > capacity { best.removeLast() }
    }

    /// Whether a beam of this sum and length is better than the worst that is kept.
    func canImprove(_ sum: Float, length: Int) -> Bool {
        guard isFull, let last = best.last else { return true }
        return last.score < score(sum, length: length)
    }
}
