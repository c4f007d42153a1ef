// SPDX-License-Identifier: Apache-2.0

/// Rules out end-of-sequence tokens before a number of tokens, counted with the prompt or without.
struct MinimumLength: Sendable {
    private let length: Int
    private let newTokens: Int
    private let endOfSequence: Set<Int>

    /// Nil where neither changes anything.
    init?(length: Int, newTokens: Int, endOfSequence: Set<Int>) {
        guard length > 0 || newTokens > 0, !endOfSequence.isEmpty else { return nil }
        self.length = length
        self.newTokens = newTokens
        self.endOfSequence = endOfSequence
    }

    func apply(_ logits: UnsafeMutableBufferPointer<Float>, after context: TokenContext) {
        guard context.tokens.count < length || context.generatedTokens.count < newTokens else { return }
        for token in endOfSequence where token >= 0 && token < logits.count { logits[token] = -.infinity }
    }
}
