// SPDX-License-Identifier: Apache-2.0

/// A prefix tree over byte strings, its nodes numbered level by level, the children of a node side by side.
struct ByteTrie: Sendable {
    private(set) var firstChild: [Int32] = []
    private(set) var label: [UInt8] = []
    /// Which of the strings ends at each node, or -1.
    private(set) var value: [Int32] = []
    private let rootChildren: [Int32]

    static let root: Int32 = 0

    /// Builds the tree of different strings.
    ///
    /// - Complexity: O(n log n) in the bytes.
    init(_ strings: [UnsafeBufferPointer<UInt8>]) {
        let order = strings.indices.sorted { Self.isOrdered(strings[$0], strings[$1]) }
        // Nodes whose children are still to be made: the strings that go through them.
        var open: [(low: Int, high: Int)] = [(0, order.count)]
        label = [0]
        value = [-1]
        var depth = 0
        while !open.isEmpty {
            var next: [(low: Int, high: Int)] = []
            for (low, high) in open {
                var cursor = low
                let node = firstChild.count
                firstChild.append(Int32(label.count))
                if cursor < high, strings[order[cursor]].count == depth {
                    value[node] = Int32(order[cursor])
                    cursor += 1
                }
                while cursor < high {
                    let byte = strings[order[cursor]][depth]
                    let start = cursor
                    while cursor < high, strings[order[cursor]][depth] == byte { cursor += 1 }
                    label.append(byte)
                    value.append(-1)
                    next.append((start, cursor))
                }
            }
            open = next
            depth += 1
        }
        firstChild.append(Int32(label.count))
        var children = [Int32](repeating: -1, count: 256)
        if firstChild.count > 1 {
            for child in firstChild[0]..<firstChild[1] { children[Int(label[Int(child)])] = child }
        }
        rootChildren = children
    }

    var nodeCount: Int { label.count }

    /// The child of a node along a byte, or -1.
    @inline(__always)
    func child(of node: Int32, _ byte: UInt8) -> Int32 {
        if node == Self.root { return rootChildren[Int(byte)] }
        var low = firstChild[Int(node)]
        var high = firstChild[Int(node) + 1]
        while low < high {
            let middle = (low + high) / 2
            if label[Int(middle)] < byte { low = middle + 1 } else { high = middle }
        }
        return low < firstChild[Int(node) + 1] && label[Int(low)] == byte ? low : -1
    }

    private static func isOrdered(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>)
        -> Bool
    {
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return left[index] < right[index]
        }
        return left.count < right.count
    }
}
