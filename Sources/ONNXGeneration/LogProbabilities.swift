// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The logarithms of the probabilities of one row of logits, added up in double precision.
package struct LogProbabilities {
    private let logits: UnsafeBufferPointer<Float>
    /// What is taken from a logit to make it a log-probability; not finite when no logit is.
    package let shift: Double

    /// - Parameter logits: live as long as this value.
    /// - Complexity: O(vocabulary).
    package init(_ logits: UnsafeBufferPointer<Float>) {
        self.logits = logits
        let largest = logits.reduce(-Float.infinity) { max($0, $1) }
        shift = Double(largest) + log(logits.reduce(0.0) { $0 + exp(Double($1) - Double(largest)) })
    }

    /// The log-probability of a token; negative infinity outside the vocabulary.
    package subscript(token: Int) -> Double {
        guard logits.indices.contains(token) else { return -.infinity }
        return Double(logits[token]) - shift
    }

    /// A token with the `count` likeliest ones.
    package func entry(of token: Int, alternatives count: Int) -> TokenLogProbability {
        TokenLogProbability(
            token: token, logProbability: self[token],
            alternatives: Self.largest(count, of: logits).map { .init(token: $0, logProbability: self[$0]) })
    }

    /// The tokens of the `count` largest logits, largest first, ties by the lower token.
    static func largest(_ count: Int, of logits: UnsafeBufferPointer<Float>) -> [Int] {
        let count = min(count, logits.count)
        guard count > 0 else { return [] }
        var best: [Int] = []
        for token in logits.indices {
            guard best.count < count || logits[token] > logits[best[count - 1]] else { continue }
            var place = best.count
            while place > 0, logits[best[place - 1]] < logits[token] { place -= 1 }
            best.insert(token, at: place)
            if best.count > count { best.removeLast() }
        }
        return best
    }
}
