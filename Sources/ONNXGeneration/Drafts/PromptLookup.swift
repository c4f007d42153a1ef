// SPDX-License-Identifier: Apache-2.0

/// Whether generation guesses tokens from what prompt and answer have already, so that one run of the graph can give
/// several.
///
/// Where the last tokens stand earlier in the text, those that followed them there are likely to follow again: in answers
/// that quote, correct or summarise their prompt, in code and in lists. They are read together with the last token, which
/// takes little longer than that token alone, for the weights are read once; the logits of each then tell whether the next
/// was the right one. The tokens that come out are the same, sampling, penalties and processors included; they come in
/// bursts. Source: Saxena, "Prompt Lookup Decoding", <https://github.com/apoorvumang/prompt-lookup-decoding>.
///
///     var options = GenerationOptions(sampling: .greedy, maximumTokens: 30)
///     print(options.promptLookup == .automatic)  // true
///     options.promptLookup = .never
///     let plain = try await model.streamText("one two one two one", options: options).collect()
///     options.promptLookup = .always
///     let guessed = try await model.streamText("one two one two one", options: options).collect()
///     print(guessed.tokens == plain.tokens)  // true
public enum PromptLookup: String, Sendable, Hashable, CaseIterable {
    /// Where it pays, in models whose logits have the same bits for any division of a text into runs: those whose
    /// products quantise activations, and others with ``LoadOptions/deterministic``.
    case automatic

    /// Where it pays, in every decoder that can take tokens back. Without equal bits, two tokens of nearly the same
    /// probability may come out the other way round.
    case always

    /// One token for each run of the graph.
    case never
}
