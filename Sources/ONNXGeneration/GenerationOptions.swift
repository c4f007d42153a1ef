// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// How tokens are chosen and when generation ends. What is nil comes from the model's `genai_config.json`.
///
///     var options = GenerationOptions()
///     options.temperature = 0.7
///     options.maximumTokens = 200
public struct GenerationOptions: Sendable, Hashable {
    /// New tokens at most; nil for as many as the context holds.
    public var maximumTokens: Int?

    /// Divides the logits before sampling; 0 means greedy.
    public var temperature: Float?

    /// Sample among this many most likely tokens; 0 for all.
    public var topK: Int?

    /// Sample among the most likely tokens whose probabilities add up to this, in (0, 1].
    public var topP: Float?

    /// Divides positive and multiplies negative logits of tokens seen so far; 1 for no effect. Source: Keskar et
    /// al., CTRL, <https://arxiv.org/abs/1909.05858>.
    public var repetitionPenalty: Float?

    /// Makes sampling repeatable; nil for another answer each time.
    public var seed: UInt64?

    /// Texts that end the answer; they and what follows are left out of it.
    public var stopStrings: [String] = []

    /// Takes special tokens that are spelled in messages for the tokens themselves, as other engines do. Otherwise
    /// messages, tools and their results are text, whatever they spell. Only for chats whose every word is trusted.
    public var trustsMessages = false

    /// Goes on past end-of-sequence tokens.
    public var ignoresEndOfSequence = false

    public init() {}

    /// Checks every number against its range.
    ///
    /// - Throws: `options.range` naming the option, its value and the range.
    func validate() throws(ONNXError) {
        func check(_ name: String, _ value: String, _ fits: Bool, _ range: String) throws(ONNXError) {
            guard fits else {
                throw ONNXError("options.range", "\(name) is \(value); it has to be \(range).")
            }
        }
        if let maximumTokens {
            try check("maximumTokens", "\(maximumTokens)", maximumTokens >= 0, "0 or more")
        }
        if let temperature {
            try check(
                "temperature", "\(temperature)", temperature >= 0 && temperature <= 100, "from 0 to 100")
        }
        if let topK { try check("topK", "\(topK)", topK >= 0, "0 or more") }
        if let topP { try check("topP", "\(topP)", topP > 0 && topP <= 1, "above 0 and at most 1") }
        if let repetitionPenalty {
            let fits = repetitionPenalty > 0 && repetitionPenalty <= 100
            try check("repetitionPenalty", "\(repetitionPenalty)", fits, "above 0 and at most 100")
        }
        try check("the number of stop strings", "\(stopStrings.count)", stopStrings.count <= 16, "at most 16")
        for stop in stopStrings {
            let count = stop.utf8.count
            try check(
                "the length of a stop string", "\(count) bytes", count >= 1 && count <= 256, "1 to 256 bytes")
        }
    }
}
