// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Words cut into the longest known pieces from the left, or taken whole.
struct WordPieceModel: Sendable {
    let tokens: TokenTable
    /// What every piece but a word's first begins with; nil where words are taken whole.
    let prefix: [UInt8]?
    /// Longer words, in characters, are unknown.
    let longestWord: Int
    /// The token for unknown words, or -1.
    let unknownID: Int32

    func appendIDs(
        of word: UnsafeBufferPointer<UInt8>, cache: WordCache, policy: UnencodablePolicy,
        to result: inout [Int]
    ) throws(ONNXError) {
        let before = result.count
        if appendPieces(of: word, cache, to: &result) { return }
        result.removeLast(result.count - before)
        if unknownID >= 0 { return result.append(Int(unknownID)) }
        cache.leftOut += 1
        guard policy == .leaveOut else { throw WordModel.unencodable(word) }
    }

    private func appendPieces(of word: UnsafeBufferPointer<UInt8>, _ cache: WordCache, to result: inout [Int])
        -> Bool
    {
        guard let prefix else {
            let id = tokens.find(word)
            if id >= 0 { result.append(Int(id)) }
            return id >= 0
        }
        guard isShort(word) else { return false }
        var start = 0
        while start < word.count {
            var end = word.count
            var id: Int32 = -1
            while end > start {
                cache.spelling.removeAll(keepingCapacity: true)
                if start > 0 { cache.spelling.append(contentsOf: prefix) }
                cache.spelling.append(contentsOf: word[start..<end])
                id = tokens.find(cache.spelling)
                if id >= 0 { break }
                repeat { end -= 1 } while end > start && word[end] & 0xC0 == 0x80
            }
            guard id >= 0 else { return false }
            result.append(Int(id))
            start = end
        }
        return true
    }

    private func isShort(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        var count = 0
        for byte in word where byte & 0xC0 != 0x80 {
            count += 1
            if count > longestWord { return false }
        }
        return true
    }
}
