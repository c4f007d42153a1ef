// SPDX-License-Identifier: Apache-2.0

extension DecoderSession {
    /// Forgets what differs from `prompt` and gives how many of its tokens remain cached; at least the last token
    /// of the prompt is left to read, since its logits are needed.
    func keepCommonPrefix(with prompt: [Int]) -> Int {
        var common = 0
        for (cached, token) in zip(tokens, prompt) {
            guard cached == token else { break }
            common += 1
        }
        rewind(to: min(common, prompt.count - 1))
        return tokens.count
    }
}
