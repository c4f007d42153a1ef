// SPDX-License-Identifier: Apache-2.0

/// What stands before the token that is to be chosen.
///
///     let context = TokenContext(tokens: [1, 20, 21, 22], promptTokenCount: 3)
///     print(context.tokens.count - context.promptTokenCount, Array(context.generatedTokens))  // 1 [22]
public struct TokenContext: Sendable {
    /// All tokens, the prompt's first.
    public let tokens: [Int]

    /// Tokens of the prompt.
    public let promptTokenCount: Int

    /// The tokens of the answer so far.
    public var generatedTokens: ArraySlice<Int> { tokens[min(promptTokenCount, tokens.count)...] }

    /// A context of these tokens, prompt and answer, of which the prompt has so many.
    public init(tokens: [Int], promptTokenCount: Int) {
        self.tokens = tokens
        self.promptTokenCount = promptTokenCount
    }
}
