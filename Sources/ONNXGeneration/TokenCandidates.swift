// SPDX-License-Identifier: Apache-2.0
import ONNXKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The tokens above a bound, from which one is drawn; see ``Sampler``.
///
/// The total of what lies below the first bound is made of exponentials in single precision; all else is in double.
struct TokenCandidates {
    struct Limits {
        var largest: Float
        var temperature: Float
        var topK: Int
        var topP: Float
        var minP: Float = 0
        var typicalP: Float = 1

        /// A token's weight; falls with the logit where the temperature is positive.
        func weight(_ logit: Float) -> Double { exp(Double((logit - largest) / temperature)) }
    }

    /// Blocks whose maxima give the first bound where top-k says nothing.
    private static let firstBlocks = 256

    private var list = WeightedTokens()
    private var bounds: [Float] = []

    /// The token at a place in `0 ..< 1` of the sum of the weights that top-k, top-p, min-p and typical-p leave.
    ///
    /// - Parameter maxima: of each block of ``RowKernels/maximaBlock`` logits; no logit is NaN.
    mutating func draw(
        at place: Double, from logits: UnsafeBufferPointer<Float>, maxima: [Float], _ limits: Limits
    ) -> Int {
        var blocks = Self.firstBlocks
        if limits.topK > 0 { blocks = min(limits.topK, maxima.count) * 5 / 4 + 16 }
        // Without a positive temperature larger logits need not weigh more.
        // Typical tokens may be among the least likely.
        if !(limits.temperature > 0) || limits.typicalP < 1 { blocks = maxima.count }
        var estimate: Double?
        while true {
            let bound = blocks < maxima.count ? nthLargest(blocks, of: maxima) : -.infinity
            collect(logits, maxima, bound, limits)
            if let token = draw(at: place, logits, bound, limits, &estimate) { return token }
            blocks *= 4
        }
    }

    /// Nil if tokens below the bound may have a part in the choice.
    private mutating func draw(
        at place: Double, _ logits: UnsafeBufferPointer<Float>, _ bound: Float, _ limits: Limits,
        _ estimate: inout Double?
    ) -> Int? {
        let hasAll = bound == -.infinity
        // No token below the bound weighs more than this; candidates that weigh as much may have to come after it.
        let below = hasAll ? -1 : limits.weight(bound.nextDown)
        var count = list.count
        var isClosed = hasAll
        if limits.topK > 0 {
            count = min(limits.topK, count)
            let lightest = list.moveForward(count)
            guard hasAll || count == limits.topK && lightest > below else { return nil }
            isClosed = true
        }
        var total = isClosed ? 0 : estimate ?? 0
        if total == 0 {
            total = list.total(of: count)
            if !isClosed, let base = logits.baseAddress {
                total += RowKernels.exponentialSum(
                    base, count: logits.count, largest: limits.largest, factor: 1 / limits.temperature,
                    below: bound)
                estimate = total
            }
        }
        if limits.topP < 1 {
            if let cut = list.prefix(of: count, weighing: Double(limits.topP) * total) {
                guard isClosed || cut.lightest > below else { return nil }
                count = cut.count
                isClosed = true
                total = cut.total
            } else if isClosed {
                total = list.total(of: count)
            } else {
                return nil
            }
        }
        if limits.minP > 0 {
            let least = min(1, Double(limits.minP))
            guard isClosed || least > below else { return nil }
            count = list.moveForward(of: count, weighing: least)
            isClosed = true
            total = list.total(of: count)
        }
        if limits.typicalP < 1 {
            count = list.keepTypical(of: count, mass: Double(limits.typicalP))
            total = list.total(of: count)
        }
        guard let drawn = list.token(of: count, at: place * total) else {
            return isClosed ? list.last(of: count) : nil
        }
        return isClosed || drawn.weight > below ? Int(drawn.token) : nil
    }

    private mutating func collect(
        _ logits: UnsafeBufferPointer<Float>, _ maxima: [Float], _ bound: Float, _ limits: Limits
    ) {
        list.removeAll()
        let block = RowKernels.maximaBlock
        for index in maxima.indices where maxima[index] >= bound {
            for token in index * block..<min(logits.count, (index + 1) * block) where logits[token] >= bound {
                let weight = limits.weight(logits[token])
                if weight > 0 { list.append(token, weight) }
            }
        }
        list.sortIfFew()
    }

    /// The n-th largest value, n from 1.
    private mutating func nthLargest(_ n: Int, of values: [Float]) -> Float {
        bounds.removeAll(keepingCapacity: true)
        bounds.append(contentsOf: values)
        var low = 0
        var high = bounds.count - 1
        while low < high {
            let pivot = bounds[(low + high) / 2]
            var left = low
            var right = high
            while left <= right {
                while bounds[left] > pivot { left += 1 }
                while bounds[right] < pivot { right -= 1 }
                if left <= right {
                    bounds.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if n - 1 <= right {
                high = right
            } else if n - 1 >= left {
                low = left
            } else {
                break
            }
        }
        return bounds[n - 1]
    }
}
