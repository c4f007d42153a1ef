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
        let missing = bytes.withUnsafeBufferPointer { bytes in
            borders.withUnsafeBufferPointer { fill(table, bytes, $0) }
        }
        if let missing { throw error(at: missing) }
        return table
    }

    private static let chunkSize = 32

    /// Fills the table and gives the number of the first merge of or into what is no token.
    private func fill(
        _ table: MergeTable, _ bytes: UnsafeBufferPointer<UInt8>,
        _ borders: UnsafeBufferPointer<(split: UInt32, end: UInt32)>
    ) -> Int? {
        var start = 0
        // Lists tend to be in the order of the merged tokens.
        var guess = 0
        for chunk in stride(from: 0, to: borders.count, by: Self.chunkSize) {
            let range = chunk..<min(chunk + Self.chunkSize, borders.count)
            table.note(touched: touch(range, from: start, bytes, borders))
            for index in range {
                let (split, end) = (Int(borders[index].split), Int(borders[index].end))
                let left = tokens.find(UnsafeBufferPointer(rebasing: bytes[start..<split]))
                let right = tokens.find(UnsafeBufferPointer(rebasing: bytes[split..<end]))
                let whole = UnsafeBufferPointer(rebasing: bytes[start..<end])
                if !tokens.holds(whole, at: guess) {
                    guess += 1
                    if !tokens.holds(whole, at: guess) { guess = Int(tokens.find(whole)) }
                }
                guard left >= 0, right >= 0, guess >= 0 else { return index }
                table.insert(left: left, right: right, rank: UInt32(index), merged: Int32(guess))
                if split < end, bytes[split] == SpaceMark.bytes[0], !table.crossesMark {
                    table.crossesMark = SpaceMark.isCrossed(
                        left: bytes[start..<split], right: bytes[split..<end])
                }
                start = end
            }
        }
        return nil
    }

    private func touch(
        _ range: Range<Int>, from first: Int, _ bytes: UnsafeBufferPointer<UInt8>,
        _ borders: UnsafeBufferPointer<(split: UInt32, end: UInt32)>
    ) -> UInt32 {
        var start = first
        var sum: UInt32 = 0
        for index in range {
            let (split, end) = (Int(borders[index].split), Int(borders[index].end))
            sum &+= tokens.touch(UnsafeBufferPointer(rebasing: bytes[start..<split]))
            sum &+= tokens.touch(UnsafeBufferPointer(rebasing: bytes[split..<end]))
            start = end
        }
        return sum
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
