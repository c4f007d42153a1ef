// SPDX-License-Identifier: Apache-2.0

/// Merges the symbols of one word, lowest rank first, leftmost first among equals.
///
/// Short words look for the lowest rank anew each time; long ones keep the candidates in a heap and the symbols in a
/// linked list, which takes O(n log n).
struct MergeQueue {
    private(set) var symbols: [Int32] = []
    private var ranks: [UInt32] = []
    private var results: [Int32] = []
    private var previous: [Int32] = []
    private var next: [Int32] = []
    private var heap: [UInt64] = []

    private static let shortCount = 48

    mutating func removeAll() { symbols.removeAll(keepingCapacity: true) }

    mutating func append(_ symbol: Int32) { symbols.append(symbol) }

    mutating func mergeAll(_ merges: MergeTable) {
        if symbols.count < 2 { return }
        if symbols.count <= Self.shortCount { mergeShort(merges) } else { mergeLong(merges) }
    }

    private mutating func mergeShort(_ merges: MergeTable) {
        var count = symbols.count
        ranks.removeAll(keepingCapacity: true)
        results.removeAll(keepingCapacity: true)
        for index in 0..<count - 1 {
            let found = merges.find(symbols[index], symbols[index + 1])
            ranks.append(found.rank)
            results.append(found.merged)
        }
        symbols.withUnsafeMutableBufferPointer { symbols in
            ranks.withUnsafeMutableBufferPointer { ranks in
                results.withUnsafeMutableBufferPointer { results in
                    while count > 1 {
                        var best = 0
                        var bestRank = ranks[0]
                        for index in 1..<max(1, count - 1) where ranks[index] < bestRank {
                            best = index
                            bestRank = ranks[index]
                        }
                        if bestRank == MergeTable.noRank { break }
                        symbols[best] = results[best]
                        var index = best + 1
                        while index < count - 1 {
                            symbols[index] = symbols[index + 1]
                            index += 1
                        }
                        index = best
                        while index < count - 2 {
                            ranks[index] = ranks[index + 1]
                            results[index] = results[index + 1]
                            index += 1
                        }
                        count -= 1
                        if best > 0 {
                            let found = merges.find(symbols[best - 1], symbols[best])
                            ranks[best - 1] = found.rank
                            results[best - 1] = found.merged
                        }
                        if best < count - 1 {
                            let found = merges.find(symbols[best], symbols[best + 1])
                            ranks[best] = found.rank
                            results[best] = found.merged
                        }
                    }
                }
            }
        }
        symbols.removeLast(symbols.count - count)
    }

    private mutating func mergeLong(_ merges: MergeTable) {
        let count = symbols.count
        previous = (0..<count).map { Int32($0) - 1 }
        next = (0..<count).map { $0 + 1 < count ? Int32($0) + 1 : -1 }
        heap.removeAll(keepingCapacity: true)
        for index in 0..<count - 1 {
            let rank = merges.find(symbols[index], symbols[index + 1]).rank
            if rank != MergeTable.noRank { heap.append(UInt64(rank) << 32 | UInt64(index)) }
        }
        if heap.count > 1 {
            for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(index) }
        }
        while let top = pop() {
            let left = Int(top & 0xFFFF_FFFF)
            guard symbols[left] >= 0, next[left] >= 0 else { continue }
            let right = Int(next[left])
            let found = merges.find(symbols[left], symbols[right])
            guard UInt64(found.rank) == top >> 32, found.rank != MergeTable.noRank else { continue }
            symbols[left] = found.merged
            symbols[right] = -1
            next[left] = next[right]
            if next[left] >= 0 {
                previous[Int(next[left])] = Int32(left)
                push(left, merges.find(found.merged, symbols[Int(next[left])]).rank)
            }
            if previous[left] >= 0 {
                push(Int(previous[left]), merges.find(symbols[Int(previous[left])], found.merged).rank)
            }
        }
        symbols.removeAll { $0 < 0 }
        if count > 1 << 16 {
            previous = []
            next = []
            heap = []
        }
    }

    private mutating func push(_ position: Int, _ rank: UInt32) {
        guard rank != MergeTable.noRank else { return }
        heap.append(UInt64(rank) << 32 | UInt64(position))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() -> UInt64? {
        guard let top = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            siftDown(0)
        }
        return top
    }

    private mutating func siftDown(_ start: Int) {
        heap.withUnsafeMutableBufferPointer { heap in
            var parent = start
            let value = heap[parent]
            while true {
                var child = 2 * parent + 1
                guard child < heap.count else { break }
                if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
                guard heap[child] < value else { break }
                heap[parent] = heap[child]
                parent = child
            }
            heap[parent] = value
        }
    }
}
