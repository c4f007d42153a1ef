// SPDX-License-Identifier: Apache-2.0

/// Divides positive logits of seen tokens by a penalty and multiplies negative ones, each token once.
struct RepetitionPenalty: Sendable {
    private let penalty: Float
    /// By token, the latest call that has penalised it.
    private var penalised: [UInt32] = []
    private var calls: UInt32 = 0

    /// Nil where the penalty changes nothing.
    init?(_ penalty: Float) {
        guard penalty != 1 else { return nil }
        self.penalty = penalty
    }

    mutating func apply(_ logits: UnsafeMutableBufferPointer<Float>, after tokens: [Int]) {
        calls &+= 1
        if penalised.count != logits.count || calls == 0 {
            penalised = [UInt32](repeating: 0, count: logits.count)
            calls = 1
        }
        for token in tokens where token >= 0 && token < logits.count && penalised[token] != calls {
            penalised[token] = calls
            logits[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty
        }
    }
}
