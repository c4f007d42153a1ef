// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Reads tokens and takes the log-probability of each after those before it.
struct TextScorer {
    /// Positions whose logits are held at once.
    private static let rows = 128

    private let model: LanguageModel
    private let isCancelled: @Sendable () -> Bool

    init(_ model: LanguageModel, _ isCancelled: @escaping @Sendable () -> Bool) {
        self.model = model
        self.isCancelled = isCancelled
    }

    /// - Throws: `prompt.too_long` for more tokens than the context holds, `prompt.empty` for none.
    static func checkLength(_ count: Int, _ model: LanguageModel) throws(ONNXError) {
        guard count > 0 else { throw ONNXError("prompt.empty", "There are no tokens.") }
        guard count <= model.contextLength else {
            throw ONNXError(
                "prompt.too_long",
                "There are \(count) tokens; the context holds \(model.contextLength). Shorten the text.")
        }
    }

    func score(
        _ prompt: [Int], _ completion: [Int], alternatives: Int
    ) throws(ONNXError) -> TextScore {
        guard !prompt.isEmpty, !completion.isEmpty else {
            throw ONNXError(
                "prompt.empty",
                "The prompt has \(prompt.count) tokens, the completion \(completion.count); both need one.")
        }
        try model.checkVocabulary(prompt + completion)
        try Self.checkLength(prompt.count + completion.count, model)
        return TextScore(
            tokens: try entries(prompt + completion, from: prompt.count, alternatives: alternatives))
    }

    func perplexity(_ tokens: [Int], window: Int?, stride: Int?) throws(ONNXError) -> TextScore {
        guard tokens.count >= 2 else {
            throw ONNXError(
                "prompt.empty", "A perplexity needs two tokens; the text has \(tokens.count).")
        }
        let window = window ?? model.contextLength
        guard window >= 2, window <= model.contextLength else {
            throw ONNXError(
                "options.range", "The window is \(window); it has to be from 2 to \(model.contextLength).")
        }
        let stride = stride ?? window
        guard stride >= 1, stride <= window else {
            throw ONNXError("options.range", "The stride is \(stride); it has to be from 1 to \(window).")
        }
        try model.checkVocabulary(tokens)
        var result: [TokenLogProbability] = []
        var start = 0
        var counted = 0
        while true {
            let end = min(start + window, tokens.count)
            // The first token of a window has nothing before it.
            let first = max(counted - start, 1)
            if end - start > first {
                result += try entries(Array(tokens[start..<end]), from: first, alternatives: 0)
            }
            counted = end
            if end == tokens.count { return TextScore(tokens: result) }
            start += stride
        }
    }

    /// The log-probabilities of the tokens from a position on, which is 1 or more.
    private func entries(
        _ tokens: [Int], from first: Int, alternatives: Int
    ) throws(ONNXError) -> [TokenLogProbability] {
        let decoder = try model.makeDecoder()
        decoder.longContext = .switching
        if first > 1 { _ = try decoder.append(Array(tokens[..<(first - 1)]), isCancelled: isCancelled) }
        var result: [TokenLogProbability] = []
        var start = first - 1
        while start < tokens.count - 1 {
            let end = min(start + Self.rows, tokens.count - 1)
            let logits = try decoder.append(
                Array(tokens[start..<end]), positions: end - start, isCancelled: isCancelled)
            let width = logits.shape[2]
            let values = UnsafeBufferPointer(
                start: logits.mutableBaseAddress.assumingMemoryBound(to: Float.self),
                count: (end - start) * width)
            try withExtendedLifetime(logits) { () throws(ONNXError) in
                for position in start..<end {
                    let row = (position - start) * width
                    let slice = UnsafeBufferPointer(rebasing: values[row..<row + width])
                    if let token = slice.firstIndex(where: { $0.isNaN || $0 == .infinity }) {
                        throw Sampler.notFinite(slice[token], token: token).adding("position \(position)")
                    }
                    result.append(
                        LogProbabilities(slice).entry(of: tokens[position + 1], alternatives: alternatives))
                }
            }
            start = end
        }
        return result
    }
}
