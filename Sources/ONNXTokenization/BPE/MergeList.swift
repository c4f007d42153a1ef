// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Merges as a file lists them, on their way into a ``MergeTable``.
///
/// They are looked up all at once, in loops that do nothing else: hundreds of thousands of look-ups wait for memory, and
/// so they wait together.
struct MergeList {
    private let tokens: TokenTable
    private var bytes: [UInt8] = []
    /// For each merge where its right part begins and where it ends.
    private var borders: [(split: UInt32, end: UInt32)] = []

    init(_ tokens: TokenTable) {
        self.tokens = tokens
        bytes.reserveCapacity(tokens.count * 10)
        borders.reserveCapacity(tokens.count)
    }

    var count: Int { borders.count }

    /// Adds a merge: its two parts, one after the other, and how long the left one is.
    mutating func append(_ parts: [UInt8], split: Int) {
        borders.append((UInt32(bytes.count + split), UInt32(bytes.count + parts.count)))
        bytes.append(contentsOf: parts)
    }

    /// The merges by their pairs, ranked in the order of the list.
    ///
    /// - Throws: `tokenizer.bad_merge` naming a token that the vocabulary lacks.
    func table() throws(ONNXError) -> MergeTable {
        let table = MergeTable(expectedCount: borders.count)
        let missing: Int? = bytes.withUnsafeBufferPointer { bytes in
            var found = [(left: Int32, right: Int32, whole: Int32)](
                repeating: (-1, -1, -1), count: borders.count)
            var start = 0
            // Lists tend to be in the order of the merged tokens.
            var guess = 0
            for (index, border) in borders.enumerated() {
                let (split, end) = (Int(border.split), Int(border.end))
                let whole = UnsafeBufferPointer(rebasing: bytes[start..<end])
                if !tokens.holds(whole, at: guess) {
                    guess += 1
                    if !tokens.holds(whole, at: guess) { guess = Int(tokens.find(whole)) }
                }
                found[index] = (
                    tokens.find(UnsafeBufferPointer(rebasing: bytes[start..<split])),
                    tokens.find(UnsafeBufferPointer(rebasing: bytes[split..<end])), Int32(guess)
                )
                if guess < 0 { return index }
                if split < end, bytes[split] == SpaceMark.bytes[0], !table.crossesMark {
                    table.crossesMark = SpaceMark.isCrossed(
                        left: bytes[start..<split], right: bytes[split..<end])
                }
                start = end
            }
            for (index, merge) in found.enumerated() {
                guard merge.left >= 0, merge.right >= 0 else { return index }
                table.insert(left: merge.left, right: merge.right, rank: UInt32(index), merged: merge.whole)
            }
            return nil
        }
        if let missing { throw error(at: missing) }
        return table
    }

    private func error(at index: Int) -> ONNXError {
        let start = index == 0 ? 0 : Int(borders[index - 1].end)
        let (split, end) = (Int(borders[index].split), Int(borders[index].end))
        let parts = [bytes[start..<split], bytes[split..<end], bytes[start..<end]]
        let missing = parts.first { tokens.find(Array($0)) < 0 } ?? parts[2]
        return ONNXError(
            "tokenizer.bad_merge",
            "merge \(index + 1) needs the token \"\(String(decoding: missing, as: UTF8.self))\", which the vocabulary lacks"
        )
    }
}
