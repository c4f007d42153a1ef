// SPDX-License-Identifier: Apache-2.0

/// Tokens with weights, in the order of falling weight, ties by the lower token, as far as somebody asks for it.
///
/// Few tokens are sorted and added up in order. Many are divided around pivots until the asked place is found, so that
/// weights are added in another order, which shows in the last digits of double precision.
struct WeightedTokens {
    struct Element {
        var weight: Double
        var token: Int32

        func comesBefore(_ other: Element) -> Bool {
            weight > other.weight || weight == other.weight && token < other.token
        }
    }

    private static let mostSorted = 96

    private var elements: [Element] = []
    private var isSorted = false

    var count: Int { elements.count }

    mutating func removeAll() {
        elements.removeAll(keepingCapacity: true)
        isSorted = false
    }

    mutating func append(_ token: Int, _ weight: Double) {
        elements.append(Element(weight: weight, token: Int32(truncatingIfNeeded: token)))
    }

    mutating func sortIfFew() {
        guard elements.count <= Self.mostSorted else { return }
        elements.sort { $0.comesBefore($1) }
        isSorted = true
    }

    /// Moves the first `count` tokens to the front; gives the least weight among them, 0 without tokens.
    mutating func moveForward(_ count: Int) -> Double {
        if count == 0 { return 0 }
        if !isSorted, count < elements.count {
            _ = divide(elements.count, reaching: Double(count), counts: true)
        }
        if isSorted { return elements[count - 1].weight }
        return elements[..<count].reduce(.infinity) { min($0, $1.weight) }
    }

    /// Moves those of the first `count` tokens that weigh `least` or more to the front; gives their number.
    mutating func moveForward(of count: Int, weighing least: Double) -> Int {
        var kept = 0
        for index in 0..<count where elements[index].weight >= least {
            if !isSorted { elements.swapAt(index, kept) }
            kept += 1
        }
        return kept
    }

    /// Moves the tokens that typical sampling keeps of the first `count` to the front, in order; gives their number.
    mutating func keepTypical(of count: Int, mass: Double) -> Int {
        let kept = TypicalTokens.of(elements[..<count], mass: mass)
        elements.replaceSubrange(..<count, with: kept)
        elements.removeSubrange(kept.count...)
        isSorted = true
        return kept.count
    }

    /// The weight of the first `count` tokens, which are at the front.
    func total(of count: Int) -> Double { elements[..<count].reduce(0) { $0 + $1.weight } }

    /// The fewest of the first `count` tokens that weigh `target` or more together, moved to the front; nil if all do
    /// not.
    mutating func prefix(
        of count: Int, weighing target: Double
    ) -> (count: Int, total: Double, lightest: Double)? {
        if !isSorted {
            guard let found = divide(count, reaching: target, counts: false) else { return nil }
            return (found, total(of: found), elements[found - 1].weight)
        }
        var sum = 0.0
        for index in 0..<count {
            sum += elements[index].weight
            if sum >= target { return (index + 1, sum, elements[index].weight) }
        }
        return nil
    }

    /// The first token at which the weights add up to `target`, with their sum; nil if all do not reach it.
    mutating func element(reaching target: Double) -> (element: Element, sum: Double)? {
        prefix(of: count, weighing: target).map { (elements[$0.count - 1], $0.total) }
    }

    /// The token among the first `count` with less than `position` before it; nil if all weigh no more than that.
    mutating func token(of count: Int, at position: Double) -> Element? {
        if !isSorted {
            return divide(count, reaching: position.nextUp, counts: false).map { elements[$0 - 1] }
        }
        var position = position
        for element in elements[..<count] {
            position -= element.weight
            if position < 0 { return element }
        }
        return nil
    }

    /// The last of the first `count` tokens, which are at the front; 0 without tokens.
    func last(of count: Int) -> Int {
        guard var last = elements[..<count].first else { return 0 }
        for element in elements[..<count] where last.comesBefore(element) { last = element }
        return Int(last.token)
    }

    /// Moves tokens among the first `end` so that the fewest that reach `target` (of weight or of number) stand at the
    /// front, the last of them in its place; gives their number, nil if all do not reach it.
    private mutating func divide(_ end: Int, reaching target: Double, counts: Bool) -> Int? {
        var low = 0
        var high = end
        var before = 0.0
        while low < high {
            let pivotIndex = medianOfThree(low, high)
            let pivot = elements[pivotIndex]
            elements.swapAt(pivotIndex, high - 1)
            var middle = low
            var left = 0.0
            for index in low..<high - 1 where elements[index].comesBefore(pivot) {
                left += counts ? 1 : elements[index].weight
                elements.swapAt(index, middle)
                middle += 1
            }
            elements.swapAt(middle, high - 1)
            let upTo = before + left + (counts ? 1 : pivot.weight)
            if before + left >= target, middle > low {
                high = middle
            } else if upTo >= target {
                return middle + 1
            } else {
                before = upTo
                low = middle + 1
            }
        }
        // What reached the target in one order of summation may miss it in another.
        return low < end ? max(1, low) : nil
    }

    private func medianOfThree(_ low: Int, _ high: Int) -> Int {
        let (a, b, c) = (low, (low + high) / 2, high - 1)
        if elements[a].comesBefore(elements[b]) {
            if elements[b].comesBefore(elements[c]) { return b }
            return elements[a].comesBefore(elements[c]) ? c : a
        }
        if elements[a].comesBefore(elements[c]) { return a }
        return elements[b].comesBefore(elements[c]) ? c : b
    }
}
