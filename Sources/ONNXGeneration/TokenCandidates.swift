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
/// Candidates are weighed in double precision, the total of what lies below them in single precision. Where they do not
/// suffice, ``WeightSearch`` goes on without top-k; what it cannot tell, and all else, is weighed one by one.
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

        /// What differences of logits are multiplied by.
        var factor: Double { 1 / Double(temperature) }

        /// The least logit whose weight is `least` or more; nil where rounding hides it.
        func logit(weighing least: Double) -> Float? {
            var logit = largest + temperature * Float(log(least))
            guard logit.isFinite else { return nil }
            var steps = 8
            while steps > 0, weight(logit) < least {
                logit = logit.nextUp
                steps -= 1
            }
            while steps > 0, weight(logit.nextDown) >= least {
                logit = logit.nextDown
                steps -= 1
            }
            return weight(logit) >= least && weight(logit.nextDown) < least ? logit : nil
        }
    }

    /// Blocks whose maxima give the first bound where top-k says nothing.
    private static let firstBlocks = 128

    /// The bound is taken from one block in so many, where there are many.
    private static let sampledBlocks = 8

    private var list = WeightedTokens()
    private var bounds: [Float] = []
    private var values: [Float] = []
    private var places: [Int32] = []
    private var search = WeightSearch()

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
            guard limits.topK <= 0, let total = estimate else { continue }
            if let token = search.draw(
                at: place, from: logits, maxima: maxima, limits, bound: bound, total: total)
            {
                return token
            }
            blocks = maxima.count
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
                    base, count: logits.count, largest: limits.largest, factor: limits.factor,
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
        let blocks = maxima.reduce(0) { $1 >= bound ? $0 + 1 : $0 }
        let room = blocks * RowKernels.maximaBlock + RowKernels.selectSlack
        if values.count < room {
            values = [Float](repeating: 0, count: room)
            places = [Int32](repeating: 0, count: room)
        }
        let found = values.withUnsafeMutableBufferPointer { values in
            places.withUnsafeMutableBufferPointer { places in
                guard let base = logits.baseAddress, let value = values.baseAddress,
                    let place = places.baseAddress
                else { return 0 }
                return RowKernels.select(
                    base, count: logits.count, from: bound, below: .infinity, maxima: maxima, values: value,
                    places: place)
            }
        }
        for index in 0..<found {
            let weight = limits.weight(values[index])
            if weight > 0 { list.append(Int(places[index]), weight) }
        }
        list.sortIfFew()
    }

    /// The n-th largest value, n from 1; of many values somewhat less than that.
    private mutating func nthLargest(_ n: Int, of values: [Float]) -> Float {
        bounds.removeAll(keepingCapacity: true)
        var n = n
        if values.count < 128 * Self.sampledBlocks {
            bounds.append(contentsOf: values)
        } else {
            for index in stride(from: 0, to: values.count, by: Self.sampledBlocks) {
                bounds.append(values[index])
            }
            n = min(n / Self.sampledBlocks + 6, bounds.count)
        }
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
