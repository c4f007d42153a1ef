// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Which experts a token goes to, and with which weights.
struct ExpertRouting: Sendable {
    /// How the weights of the chosen experts come about.
    enum Weighting: Sendable {
        /// The softmax over all experts.
        case overAll
        /// The softmax over the chosen ones.
        case overChosen
        /// Two experts, each with the softmax over those near it.
        case sparseMixer
    }

    /// One token at one expert.
    struct Route {
        let token: Int
        let weight: Float
    }

    let count: Int
    let weighting: Weighting
    /// Weights taken from other numbers are divided by their sum.
    let normalizes: Bool

    /// How far, relative to the larger magnitude, another expert may lie below the best and still share its softmax.
    private static let mixerTolerance: Float = 0.02

    /// The tokens of each expert, in order.
    ///
    /// - Parameters:
    ///   - logits: `[tokens, experts]`; NaN is never chosen before a number.
    ///   - weights: `[tokens, experts]` of float32 that replace the softmax as weights.
    func routes(_ logits: Tensor, weights: Tensor?) -> [[Route]] {
        let (tokens, experts) = (logits.shape[0], logits.shape[1])
        var result = [[Route]](repeating: [], count: experts)
        for token in 0..<tokens {
            let row = UnsafeBufferPointer(start: logits.floats + token * experts, count: experts)
            let chosen = choose(row)
            var factors =
                weights.map { tensor in chosen.map { tensor.floats[token * experts + $0] } }
                ?? self.factors(row, chosen)
            if normalizes, weights != nil || weighting == .overAll {
                let sum = factors.reduce(0, +)
                factors = factors.map { $0 / sum }
            }
            for (expert, factor) in zip(chosen, factors) {
                result[expert].append(Route(token: token, weight: factor))
            }
        }
        withExtendedLifetime((logits, weights)) {}
        return result
    }

    /// The experts with the greatest logits, greatest first, the lower number first among equals.
    private func choose(_ row: UnsafeBufferPointer<Float>) -> [Int] {
        var chosen: [Int] = []
        for _ in 0..<min(count, row.count) {
            var best: Int?
            for index in row.indices where !chosen.contains(index) {
                if best.map({ row[index] > row[$0] || row[$0].isNaN && !row[index].isNaN }) ?? true {
                    best = index
                }
            }
            if let best { chosen.append(best) }
        }
        return chosen
    }

    private func factors(_ row: UnsafeBufferPointer<Float>, _ chosen: [Int]) -> [Float] {
        guard let greatest = chosen.first.map({ row[$0] }) else { return [] }
        switch weighting {
        case .overAll:
            let sum = row.reduce(0) { $0 + expf($1 - greatest) }
            return chosen.map { expf(row[$0] - greatest) / sum }
        case .overChosen:
            let sum = chosen.reduce(0) { $0 + expf(row[$1] - greatest) }
            return chosen.map { expf(row[$0] - greatest) / sum }
        case .sparseMixer:
            return chosen.indices.map { index in
                let best = row[chosen[index]]
                var sum: Float = 0
                for expert in row.indices where !chosen.prefix(index).contains(expert) {
                    let size = max(abs(row[expert]), best)
                    if (best - row[expert]) / size <= Self.mixerTolerance { sum += expf(row[expert] - best) }
                }
                return 1 / sum
            }
        }
    }
}
