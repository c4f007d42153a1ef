// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors

/// Changes the logits from which the next token is chosen; for ``GenerationOptions/processors``.
///
/// Each generation begins with a copy of the processor as it stands in the options, so that what it remembers is its
/// own; with beams, each beam has a copy.
///
///     struct NoDigits: LogitProcessor {
///         let digits: [Int]
///         mutating func process(
///             _ logits: inout MutableSpan<Float>, after context: TokenContext
///         ) throws(ONNXError) {
///             for token in digits where token < logits.count { logits[token] = -.infinity }
///         }
///     }
///     var options = GenerationOptions(sampling: .greedy, maximumTokens: 4)
///     options.processors = [NoDigits(digits: [15, 16, 17])]
///     let response = try await model.streamText("One and one is", options: options).collect()
///     print(response.tokens.contains(15))  // false
public protocol LogitProcessor: Sendable {
    /// Changes logits in place, one for each token of the vocabulary. Negative infinity rules a token out.
    ///
    /// Called once for each new token, on the thread that computes it.
    mutating func process(
        _ logits: inout MutableSpan<Float>, after context: TokenContext
    ) throws(ONNXError)
}
