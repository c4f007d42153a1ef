// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// What turns a word into ids: the vocabulary, one of the algorithms, and the words met before.
struct WordModel: Sendable {
    enum Algorithm: Sendable {
        case bytePairs(BPEModel)
        case unigram(UnigramModel)
        case wordPiece(WordPieceModel)
    }

    let tokens: TokenTable
    let algorithm: Algorithm
    let caches = WordCachePool()

    /// Appends the ids of one word.
    ///
    /// - Throws: `tokenizer.unencodable` for a character that has no token, no fallback and no unknown token, where
    ///   `policy` refuses such.
    func appendIDs(
        of word: UnsafeBufferPointer<UInt8>, cache: WordCache, policy: UnencodablePolicy,
        to result: inout [Int]
    ) throws(ONNXError) {
        guard case .bytePairs(let model) = algorithm, model.splitsAtMarks else {
            return try appendPart(word, cache: cache, policy: policy, to: &result)
        }
        var start = 0
        while start < word.count {
            let end = SpaceMark.nextWord(in: word, after: start)
            let part = UnsafeBufferPointer(rebasing: word[start..<end])
            try appendPart(part, cache: cache, policy: policy, to: &result)
            start = end
        }
    }

    private func appendPart(
        _ word: UnsafeBufferPointer<UInt8>, cache: WordCache, policy: UnencodablePolicy,
        to result: inout [Int]
    ) throws(ONNXError) {
        let isCached = word.count <= WordCache.longestWord
        var hash: UInt64 = 0
        if isCached {
            hash = ByteHash.hash(word)
            if cache.appendIDs(of: word, hash: hash, to: &result) { return }
        }
        let start = result.count
        cache.leftOut = 0
        switch algorithm {
        case .bytePairs(let model): try model.appendIDs(of: word, cache: cache, policy: policy, to: &result)
        case .unigram(let model): try model.appendIDs(of: word, cache: cache, policy: policy, to: &result)
        case .wordPiece(let model): try model.appendIDs(of: word, cache: cache, policy: policy, to: &result)
        }
        if isCached, cache.leftOut == 0, !word.isEmpty, result.count - start <= Int(UInt16.max) {
            cache.insert(word, hash: hash, ids: result[start...])
        }
    }
}
