// SPDX-License-Identifier: Apache-2.0

/// Rules out the last token of each row of tokens wherever the others stand before it.
struct BannedSequences: Sendable {
    private let sequences: [[Int]]

    /// Nil without sequences.
    init?(_ sequences: [[Int]]) {
        guard !sequences.isEmpty else { return nil }
        self.sequences = sequences.filter { !$0.isEmpty }
    }

    func apply(_ logits: UnsafeMutableBufferPointer<Float>, after tokens: [Int]) {
        for sequence in sequences {
            guard let last = sequence.last, last >= 0, last < logits.count, tokens.count >= sequence.count - 1
            else { continue }
            if tokens.suffix(sequence.count - 1).elementsEqual(sequence.dropLast()) {
                logits[last] = -.infinity
            }
        }
    }
}
