// SPDX-License-Identifier: Apache-2.0

/// Rules out tokens that would complete a row of `size` tokens that has come before.
struct NoRepeatNgrams: Sendable {
    private let size: Int

    /// Nil where the size changes nothing.
    init?(size: Int) {
        guard size > 0 else { return nil }
        self.size = size
    }

    /// - Complexity: O(tokens · size).
    func apply(_ logits: UnsafeMutableBufferPointer<Float>, after tokens: [Int]) {
        guard tokens.count >= size else { return }
        let prefix = tokens.suffix(size - 1)
        for start in 0...tokens.count - size {
            let last = tokens[start + size - 1]
            guard last >= 0, last < logits.count else { continue }
            if tokens[start..<start + size - 1].elementsEqual(prefix) { logits[last] = -.infinity }
        }
    }
}
