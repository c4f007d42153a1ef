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

    private var splitAt = 0

    init(_ tokens: TokenTable) {
        self.tokens = tokens
        bytes.reserveCapacity(tokens.count * 10)
        borders.reserveCapacity(tokens.count)
    }

    var count: Int { borders.count }

    /// Adds a merge: its two parts, one after the other, and how long the left one is.
    mutating func append(_ parts: [UInt8], split: Int) {
        splitAt = bytes.count + split
        bytes.append(contentsOf: parts)
        end()
    }

    /// Adds a part of the next merge, or bytes of it; between the two comes ``split()``, behind them ``end()``.
    mutating func append(part: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: part) }

    mutating func split() { splitAt = bytes.count }

    mutating func end() { borders.append((UInt32(splitAt), UInt32(bytes.count))) }

    /// The merges by their pairs, ranked in the order of the list.
    ///
    /// - Parameter prefixLength: bytes at the beginning of a right part that the merged token leaves out.
    /// - Throws: `tokenizer.bad_merge` naming a token that the vocabulary lacks.
    consuming func table(prefixLength: Int = 0) throws(ONNXError) -> MergeTable {
        guard prefixLength == 0 else { return try table(leavingOut: prefixLength) }
        let table = MergeTable(expectedCount: borders.count)
        let byteCount = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: TokenTable.padding))
        let missing = bytes.withUnsafeBufferPointer { bytes in
            borders.withUnsafeBufferPointer {
                fill(table, UnsafeBufferPointer(rebasing: bytes[..<byteCount]), $0)
            }
        }
        if let missing { throw error(at: missing) }
        return table
    }

    private static let chunkSize = 64

    private struct Found {
        var left: Int32 = -1
        var right: Int32 = -1
        var whole: Int32 = -1
    }

    /// Fills the table and gives the number of the first merge of or into what is no token.
    ///
    /// It goes in chunks, and in each asks for all places of a table, in a loop that does nothing else, before it reads
    /// any of them: so many waits for memory become one.
    private func fill(
        _ table: MergeTable, _ bytes: UnsafeBufferPointer<UInt8>,
        _ borders: UnsafeBufferPointer<(split: UInt32, end: UInt32)>
    ) -> Int? {
        guard let base = bytes.baseAddress else { return borders.isEmpty ? nil : 0 }
        var keys = [TokenTable.Key](
            repeating: TokenTable.Key(padded: base, count: 0), count: 2 * Self.chunkSize)
        var places = [Int](repeating: 0, count: 2 * Self.chunkSize)
        var found = [Found](repeating: Found(), count: Self.chunkSize)
        var start = 0
        // Lists tend to be in the order of the merged tokens.
        var guess = 0
        let markStart = SpaceMark.bytes[0]
        var crossesMark = false
        defer { table.crossesMark = crossesMark }
        for chunk in stride(from: 0, to: borders.count, by: Self.chunkSize) {
            let count = min(Self.chunkSize, borders.count - chunk)
            var place = start
            for index in 0..<count {
                let (split, end) = (Int(borders[chunk + index].split), Int(borders[chunk + index].end))
                keys[2 * index] = TokenTable.Key(padded: base + place, count: split - place)
                keys[2 * index + 1] = TokenTable.Key(padded: base + split, count: end - split)
                places[2 * index] = tokens.firstPlace(of: keys[2 * index])
                places[2 * index + 1] = tokens.firstPlace(of: keys[2 * index + 1])
                place = end
            }
            tokens.touch(places[..<(2 * count)])
            for index in 0..<count {
                let (split, end) = (Int(borders[chunk + index].split), Int(borders[chunk + index].end))
                let left = tokens.find(keys[2 * index], UnsafeBufferPointer(rebasing: bytes[start..<split]))
                let right = tokens.find(
                    keys[2 * index + 1], UnsafeBufferPointer(rebasing: bytes[split..<end]))
                let whole = UnsafeBufferPointer(rebasing: bytes[start..<end])
                if !tokens.holds(whole, at: guess) {
                    guess += 1
                    if !tokens.holds(whole, at: guess) { guess = Int(tokens.find(whole)) }
                }
                guard left >= 0, right >= 0, guess >= 0 else { return chunk + index }
                found[index] = Found(left: left, right: right, whole: Int32(guess))
                places[index] = table.firstPlace(of: left, right)
                if split < end, bytes[split] == markStart, !crossesMark {
                    crossesMark = SpaceMark.isCrossed(
                        left: bytes[start..<split], right: bytes[split..<end])
                }
                start = end
            }
            table.touch(places[..<count])
            for index in 0..<count {
                let merge = found[index]
                table.insert(
                    left: merge.left, right: merge.right, rank: UInt32(chunk + index), merged: merge.whole)
            }
        }
        return nil
    }

    /// Few vocabularies have prefixes, so that nothing is done here to be fast.
    private func table(leavingOut prefixLength: Int) throws(ONNXError) -> MergeTable {
        let table = MergeTable(expectedCount: borders.count)
        for index in borders.indices {
            let found = parts(of: index, leavingOut: prefixLength).map { tokens.find(Array($0)) }
            guard found.allSatisfy({ $0 >= 0 }) else { throw error(at: index, leavingOut: prefixLength) }
            table.insert(left: found[0], right: found[1], rank: UInt32(index), merged: found[2])
        }
        return table
    }

    /// The left part of a merge, the right part, and the whole.
    private func parts(of index: Int, leavingOut prefixLength: Int) -> [ArraySlice<UInt8>] {
        let start = index == 0 ? 0 : Int(borders[index - 1].end)
        let (split, end) = (Int(borders[index].split), Int(borders[index].end))
        let left = bytes[start..<split]
        return [left, bytes[split..<end], left + bytes[split..<end].dropFirst(prefixLength)]
    }

    private func error(at index: Int, leavingOut prefixLength: Int = 0) -> ONNXError {
        let parts = parts(of: index, leavingOut: prefixLength)
        let missing = parts.first { tokens.find(Array($0)) < 0 } ?? parts[2]
        return ONNXError(
            "tokenizer.bad_merge",
            "merge \(index + 1) needs the token \"\(String(decoding: missing, as: UTF8.self))\", which the vocabulary lacks"
        )
    }
}
