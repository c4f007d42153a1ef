// SPDX-License-Identifier: Apache-2.0

/// Takes from the logits of the answer's tokens: `presence` once, `frequency` for each time that the token came.
struct CountPenalties: Sendable {
    private let presence: Float
    private let frequency: Float
    private var counts: [Int: Int] = [:]
    private var counted = 0

    /// Nil where both change nothing.
    init?(presence: Float, frequency: Float) {
        guard presence != 0 || frequency != 0 else { return nil }
        self.presence = presence
        self.frequency = frequency
    }

    /// - Parameter tokens: the answer's, which are those of the last call and more.
    mutating func apply(_ logits: UnsafeMutableBufferPointer<Float>, after tokens: ArraySlice<Int>) {
        if tokens.count < counted {
            counts = [:]
            counted = 0
        }
        for token in tokens.dropFirst(counted) { counts[token, default: 0] += 1 }
        counted = tokens.count
        for (token, count) in counts where token >= 0 && token < logits.count {
            logits[token] -= presence + Float(count) * frequency
        }
    }
}
