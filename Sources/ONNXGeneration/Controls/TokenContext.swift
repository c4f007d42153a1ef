// SPDX-License-Identifier: Apache-2.0

/// What stands before the token that is to be chosen.
public struct TokenContext: Sendable {
    /// All tokens, the prompt's first.
    public let tokens: [Int]

    /// Tokens of the prompt.
    public let promptTokenCount: Int

    /// The tokens of the answer so far.
    public var generatedTokens: ArraySlice<Int> { tokens[min(promptTokenCount, tokens.count)...] }

    public init(tokens: [Int], promptTokenCount: Int) {
        self.tokens = tokens
        self.promptTokenCount = promptTokenCount
    }
}
