// SPDX-License-Identifier: Apache-2.0
import ONNXKernels

/// Finds tokens by their place in the order of falling weight where too many have a part in the choice to weigh each.
///
/// Tokens are gathered in ranges of logits from the largest downwards, only as far as the place lies. A range that holds
/// it is halved by totals of exponentials in single precision, until few tokens are left, which are weighed in double
/// precision and put in order. Ties and places that this cannot tell for sure are left to the caller, who then weighs
/// all tokens. Keeps its memory, 8 bytes for each token of the vocabulary.
struct WeightSearch {
    /// Tokens with `lower <= logit < upper`, side by side in ``values`` and ``tokens``.
    private struct Range {
        var lower: Float
        var upper: Float
        var first: Int
        var count: Int
        var weight: Double
    }

    /// A token, and the weight of all up to and including it.
    private struct Found {
        var element: WeightedTokens.Element
        var sum: Double
    }

    /// Tokens that are few enough to be weighed one by one.
    private static let few = 128
    private static let mostRanges = 32

    private var ranges: [Range] = []
    private var values: [Float] = []
    private var tokens: [Int32] = []
    private var windowValues: [Float] = []
    private var windowPlaces: [Int32] = []
    private var window = WeightedTokens()

    /// The token at a place in `0 ..< 1` of what top-p and min-p leave; nil where that cannot be told for sure.
    ///
    /// - Parameters:
    ///   - maxima: of each block of ``RowKernels/maximaBlock`` logits.
    ///   - limits: with a positive temperature, without top-k and typical-p.
    ///   - bound: a logit that only a small part of the tokens reaches.
    ///   - total: the weight of all tokens.
    mutating func draw(
        at place: Double, from logits: UnsafeBufferPointer<Float>, maxima: [Float],
        _ limits: TokenCandidates.Limits, bound: Float, total: Double
    ) -> Int? {
        ranges.removeAll(keepingCapacity: true)
        let room = logits.count + RowKernels.selectSlack
        if values.count != room {
            values = [Float](repeating: 0, count: room)
            tokens = [Int32](repeating: 0, count: room)
        }
        gather(from: bound, below: .infinity, logits, maxima, limits)
        var kept = total
        var last: WeightedTokens.Element?
        if limits.topP < 1 {
            guard let cut = find(Double(limits.topP) * total, logits, maxima, limits) else { return nil }
            kept = cut.sum
            last = cut.element
        }
        let least = limits.minP > 0 ? min(1, Double(limits.minP)) : 0
        if least > 0, last.map({ $0.weight < least }) ?? true {
            guard let lightest = limits.logit(weighing: least), let base = logits.baseAddress else {
                return nil
            }
            kept =
                total
                - RowKernels.exponentialSum(
                    base, count: logits.count, largest: limits.largest, factor: limits.factor, below: lightest
                )
            last = nil
        }
        guard let drawn = find((place * kept).nextUp, logits, maxima, limits) else { return nil }
        if let last, last.comesBefore(drawn.element) { return Int(last.token) }
        return drawn.element.weight >= least ? Int(drawn.element.token) : nil
    }

    /// The first token at which the weights add up to `target`.
    private mutating func find(
        _ target: Double, _ logits: UnsafeBufferPointer<Float>, _ maxima: [Float],
        _ limits: TokenCandidates.Limits
    ) -> Found? {
        var before = 0.0
        var index = 0
        while index < ranges.count || extend(logits, maxima, limits) {
            let range = ranges[index]
            if before + range.weight >= target {
                return find(target - before, in: range, limits).map {
                    Found(element: $0.element, sum: before + $0.sum)
                }
            }
            before += range.weight
            index += 1
        }
        return nil
    }

    private mutating func find(_ target: Double, in range: Range, _ limits: TokenCandidates.Limits) -> Found?
    {
        var (lower, upper) = (range.lower, min(range.upper, limits.largest.nextUp))
        var above = 0.0
        var left = range.count
        values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            while left > Self.few {
                let middle = lower / 2 + upper / 2
                guard middle > lower, middle < upper else { break }
                let below = RowKernels.exponentialSum(
                    base + range.first, count: range.count, largest: limits.largest, factor: limits.factor,
                    below: middle)
                if range.weight - below >= target {
                    lower = middle
                } else {
                    upper = middle
                    above = range.weight - below
                }
                left /= 2
            }
        }
        fillWindow(range, from: lower, below: upper, limits)
        guard let found = window.element(reaching: target - above) else { return nil }
        // Tokens outside that weigh as much, as far as double precision tells, would have to be put in order too.
        guard found.element.weight > limits.weight(lower.nextDown),
            upper > limits.largest || limits.weight(upper) > found.element.weight
        else { return nil }
        return Found(element: found.element, sum: above + found.sum)
    }

    private mutating func fillWindow(
        _ range: Range, from lower: Float, below upper: Float, _ limits: TokenCandidates.Limits
    ) {
        let room = range.count + RowKernels.selectSlack
        if windowValues.count < room {
            windowValues = [Float](repeating: 0, count: room)
            windowPlaces = [Int32](repeating: 0, count: room)
        }
        let count = values.withUnsafeBufferPointer { values in
            Self.select(
                UnsafeBufferPointer(rebasing: values[range.first..<range.first + range.count]), from: lower,
                below: upper, maxima: nil, &windowValues, &windowPlaces, at: 0)
        }
        window.removeAll()
        for index in 0..<count {
            let weight = limits.weight(windowValues[index])
            if weight > 0 { window.append(Int(tokens[range.first + Int(windowPlaces[index])]), weight) }
        }
        window.sortIfFew()
    }

    /// Gathers the next range downwards; false if what is left weighs nothing.
    private mutating func extend(
        _ logits: UnsafeBufferPointer<Float>, _ maxima: [Float], _ limits: TokenCandidates.Limits
    ) -> Bool {
        guard let first = ranges.first, let last = ranges.last, ranges.count < Self.mostRanges else {
            return false
        }
        let lowest = limits.largest - 80 * limits.temperature
        // Each range is half as long again as the one before it.
        let length =
            (last.upper < .infinity ? last.upper - last.lower : (limits.largest - first.lower) / 3) * 1.5
        let lower = max(lowest, last.lower - length)
        guard lower < last.lower, lower > -.infinity else { return false }
        gather(from: lower, below: last.lower, logits, maxima, limits)
        return true
    }

    private mutating func gather(
        from lower: Float, below upper: Float, _ logits: UnsafeBufferPointer<Float>, _ maxima: [Float],
        _ limits: TokenCandidates.Limits
    ) {
        let first = ranges.last.map { $0.first + $0.count } ?? 0
        let count = Self.select(
            logits, from: lower, below: upper, maxima: maxima, &values, &tokens, at: first)
        let weight = values.withUnsafeBufferPointer { values in
            values.baseAddress.map {
                RowKernels.exponentialSum(
                    $0 + first, count: count, largest: limits.largest, factor: limits.factor, below: .infinity
                )
            } ?? 0
        }
        ranges.append(Range(lower: lower, upper: upper, first: first, count: count, weight: weight))
    }

    private static func select(
        _ x: UnsafeBufferPointer<Float>, from lower: Float, below upper: Float, maxima: [Float]?,
        _ values: inout [Float], _ places: inout [Int32], at first: Int
    ) -> Int {
        guard let base = x.baseAddress else { return 0 }
        return values.withUnsafeMutableBufferPointer { values in
            places.withUnsafeMutableBufferPointer { places in
                guard let value = values.baseAddress, let place = places.baseAddress else { return 0 }
                return RowKernels.select(
                    base, count: x.count, from: lower, below: upper, maxima: maxima, values: value + first,
                    places: place + first)
            }
        }
    }
}
