// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXGeneration

/// What ``Sampler`` has to give, in the obvious way: weighs all tokens and sorts them.
struct ReferenceSampler {
    var temperature: Float = 1
    var topK = 0
    var topP: Float = 1
    var minP: Float = 0
    var repetitionPenalty: Float = 1
    var random: SplitMix64

    /// The kept tokens in order, and the one that is drawn; nil for logits that are an error.
    mutating func sample(_ logits: [Float], history: [Int]) -> Int? {
        var logits = logits
        for token in Set(history) where logits.indices.contains(token) && repetitionPenalty != 1 {
            logits[token] =
                logits[token] > 0 ? logits[token] / repetitionPenalty : logits[token] * repetitionPenalty
        }
        guard !logits.contains(where: { $0.isNaN || $0 == .infinity }), let largest = logits.max(),
            largest > -.infinity
        else { return nil }
        if temperature == 0 || topK == 1 { return logits.firstIndex(of: largest) }
        var list: [(token: Int, weight: Double)] = []
        for (token, logit) in logits.enumerated() {
            let weight = exp(Double((logit - largest) / temperature))
            if weight > 0 { list.append((token, weight)) }
        }
        list.sort { ($0.weight, $1.token) > ($1.weight, $0.token) }
        if topK > 0, list.count > topK { list.removeSubrange(topK...) }
        if topP < 1 {
            let total = list.reduce(0) { $0 + $1.weight }
            var sum = 0.0
            let cut = list.firstIndex { element in
                sum += element.weight
                return sum >= Double(topP) * total
            }
            if let cut { list.removeSubrange((cut + 1)...) }
        }
        if minP > 0 { list.removeAll { $0.weight < min(1, Double(minP)) } }
        var position = Double(random.next() >> 11) * 0x1p-53 * list.reduce(0) { $0 + $1.weight }
        for candidate in list {
            position -= candidate.weight
            if position < 0 { return candidate.token }
        }
        return list.last?.token
    }
}
