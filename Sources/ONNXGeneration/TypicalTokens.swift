// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The choice of locally typical sampling; see ``GenerationOptions/typicalP``.
enum TypicalTokens {
    /// The tokens whose information content is nearest to the entropy, the fewest that have the probability `mass`
    /// together and all that are as near as the last of them; in the order of falling weight.
    ///
    /// - Complexity: O(n log n).
    static func of(_ tokens: some Collection<WeightedTokens.Element>, mass: Double) -> [WeightedTokens
        .Element]
    {
        let total = tokens.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return Array(tokens) }
        let entropy = tokens.reduce(0) { sum, token in
            let probability = token.weight / total
            return probability > 0 ? sum - probability * log(probability) : sum
        }
        var ranked = tokens.map { token in
            (distance: abs(-log(token.weight / total) - entropy), token: token)
        }
        ranked.sort {
            $0.distance < $1.distance || $0.distance == $1.distance && $0.token.comesBefore($1.token)
        }
        var sum = 0.0
        var last = ranked.count - 1
        for (index, entry) in ranked.enumerated() {
            sum += entry.token.weight
            if sum >= mass * total {
                last = index
                break
            }
        }
        let farthest = ranked[last].distance
        return ranked.prefix { $0.distance <= farthest }.map(\.token).sorted { $0.comesBefore($1) }
    }
}
