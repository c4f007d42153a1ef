// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors

/// Chooses the next token; for ``GenerationOptions/sampler``.
///
/// Each generation begins with a copy of the sampler as it stands in the options.
///
///     struct Likeliest: TokenSampler {
///         mutating func sample(_ logits: Span<Float>, after context: TokenContext) throws(ONNXError) -> Int {
///             logits.indices.max { logits[$0] < logits[$1] } ?? 0
///         }
///     }
///     var options = GenerationOptions()
///     options.sampler = Likeliest()
///     options.maximumTokens = 4
///     let greedy = GenerationOptions(sampling: .greedy, maximumTokens: 4)
///     let mine = try await model.streamText("The sea is", options: options).collect()
///     print(try await model.streamText("The sea is", options: greedy).collect().tokens == mine.tokens)  // true
public protocol TokenSampler: Sendable {
    /// The next token.
    ///
    /// - Parameter logits: one for each token of the vocabulary, as the penalties and processors left them; none is NaN
    ///   or positive infinity, and at least one is finite.
    /// - Returns: a token of the vocabulary; another number is the error `generation.bad_token`.
    mutating func sample(_ logits: Span<Float>, after context: TokenContext) throws(ONNXError) -> Int
}
