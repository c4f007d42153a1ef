// SPDX-License-Identifier: Apache-2.0

/// Finds, for each place of a text, the longest of many patterns that begins there.
///
/// It is an Aho-Corasick machine over the reversed patterns that reads the text from its end: a state is the longest
/// beginning of a pattern that stands at the place, and knows the longest whole pattern among its own beginnings.
/// Linear in the text, however long the patterns are and whatever they share.
struct BackwardMatcher: Sendable {
    private let trie: ByteTrie
    /// Where each node goes on when no child fits: the longest shorter beginning.
    private var failure: [Int32] = []
    /// The longest pattern that begins where a node's does, or -1.
    private var longest: [Int32] = []
    private let lengths: [Int]
    private let lastBytes: [Bool]

    /// - Parameter patterns: different, none empty.
    init(_ patterns: [[UInt8]]) {
        lengths = patterns.map(\.count)
        var lastBytes = [Bool](repeating: false, count: 256)
        for pattern in patterns { if let last = pattern.last { lastBytes[Int(last)] = true } }
        self.lastBytes = lastBytes
        let storage = patterns.flatMap { $0.reversed() }
        trie = storage.withUnsafeBufferPointer { bytes in
            var offset = 0
            return ByteTrie(
                patterns.map { pattern in
                    defer { offset += pattern.count }
                    return UnsafeBufferPointer(rebasing: bytes[offset..<offset + pattern.count])
                })
        }
        failure = [Int32](repeating: ByteTrie.root, count: trie.nodeCount)
        longest = trie.value
        for node in 0..<Int32(trie.nodeCount) {
            for child in trie.firstChild[Int(node)]..<trie.firstChild[Int(node) + 1] {
                if node != ByteTrie.root {
                    failure[Int(child)] = step(failure[Int(node)], trie.label[Int(child)])
                }
                if longest[Int(child)] < 0 { longest[Int(child)] = longest[Int(failure[Int(child)])] }
            }
        }
    }

    var isEmpty: Bool { lengths.isEmpty }

    /// Appends, from the end of the range to its beginning, each place where a pattern begins that lies in the range.
    func append(
        _ base: UnsafePointer<UInt8>, _ range: Range<Int>,
        to found: inout [(start: Int, length: Int, pattern: Int32)]
    ) {
        var state = ByteTrie.root
        var cursor = range.upperBound
        lastBytes.withUnsafeBufferPointer { lastBytes in
            while cursor > range.lowerBound {
                cursor -= 1
                if state == ByteTrie.root, !lastBytes[Int(base[cursor])] { continue }
                state = step(state, base[cursor])
                let pattern = longest[Int(state)]
                if pattern >= 0 { found.append((cursor, lengths[Int(pattern)], pattern)) }
            }
        }
    }

    @inline(__always)
    private func step(_ start: Int32, _ byte: UInt8) -> Int32 {
        var state = start
        while true {
            let child = trie.child(of: state, byte)
            if child >= 0 { return child }
            if state == ByteTrie.root { return state }
            state = failure[Int(state)]
        }
    }
}
