// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Byte-pair encoding of single words.
struct BPEModel: Sendable {
    let tokens: TokenTable
    let merges: MergeTable
    let isByteLevel: Bool
    let ignoresMerges: Bool
    let fusesUnknown: Bool
    /// The token for characters that the vocabulary lacks, or -1.
    let unknownID: Int32
    /// The id of each byte's spelling, in the byte-level alphabet; -1 where there is none.
    let byteIDs: [Int32]
    let fallback: FallbackBytes?
    /// Whether every place where a mark follows another character can be cut at: no merge goes across it.
    let splitsAtMarks: Bool
    let affixes: WordAffixes

    init(
        tokens: TokenTable, merges: MergeTable, isByteLevel: Bool, ignoresMerges: Bool, fusesUnknown: Bool,
        unknownID: Int32, hasByteFallback: Bool, affixes: WordAffixes = WordAffixes(prefix: [], suffix: [])
    ) {
        self.tokens = tokens
        self.merges = merges
        self.isByteLevel = isByteLevel
        self.ignoresMerges = ignoresMerges
        self.fusesUnknown = fusesUnknown
        self.unknownID = unknownID
        byteIDs = ByteAlphabet.spellings.map { unit in
            tokens.find(unit > 0xFF ? [UInt8(unit & 0xFF), UInt8(unit >> 8)] : [UInt8(unit)])
        }
        self.affixes = affixes
        fallback = hasByteFallback ? FallbackBytes(tokens) : nil
        splitsAtMarks =
            !isByteLevel && !ignoresMerges && affixes.areEmpty && !merges.crossesMark
            && tokens.find(SpaceMark.bytes) >= 0
    }

    /// Appends the ids of one word.
    func appendIDs(
        of word: UnsafeBufferPointer<UInt8>, cache: WordCache, policy: UnencodablePolicy,
        to result: inout [Int]
    ) throws(ONNXError) {
        if ignoresMerges {
            let whole: Int32
            if isByteLevel {
                cache.spelling.removeAll(keepingCapacity: true)
                ByteAlphabet.spell(word, into: &cache.spelling)
                whole = tokens.find(cache.spelling)
            } else {
                whole = tokens.find(word)
            }
            if whole >= 0 { return result.append(Int(whole)) }
        }
        cache.queue.removeAll()
        if !affixes.areEmpty {
            try addAffixed(word, cache, policy)
        } else if isByteLevel {
            try addBytes(word, cache, policy)
        } else {
            try addCharacters(word, cache, policy)
        }
        cache.queue.mergeAll(merges)
        for symbol in cache.queue.symbols { result.append(Int(symbol)) }
    }

    private func addBytes(
        _ word: UnsafeBufferPointer<UInt8>, _ cache: WordCache, _ policy: UnencodablePolicy
    ) throws(ONNXError) {
        var pendingUnknown = false
        for byte in word {
            let id = byteIDs[Int(byte)]
            if id >= 0 {
                if pendingUnknown { cache.queue.append(unknownID) }
                pendingUnknown = false
                cache.queue.append(id)
            } else {
                let spelling = ByteAlphabet.codePoints[Int(byte)]
                let units = UTF8.encode(Unicode.Scalar(spelling) ?? " ") ?? UTF8.encodedReplacementCharacter
                if appendFallback(Array(units), cache) { continue }
                try meetUnknown(&pendingUnknown, cache, policy) {
                    "the byte 0x" + String(byte, radix: 16, uppercase: true)
                }
            }
        }
        if pendingUnknown { cache.queue.append(unknownID) }
    }

    private func addCharacters(
        _ word: UnsafeBufferPointer<UInt8>, _ cache: WordCache, _ policy: UnencodablePolicy
    ) throws(ONNXError) {
        guard let base = word.baseAddress else { return }
        var pendingUnknown = false
        var cursor = 0
        while cursor < word.count {
            let length = CharacterCursor.decode(base + cursor).length
            let units = UnsafeBufferPointer(start: base + cursor, count: length)
            let id = tokens.find(units)
            cursor += length
            if id >= 0 {
                if pendingUnknown { cache.queue.append(unknownID) }
                pendingUnknown = false
                cache.queue.append(id)
            } else {
                if appendFallback(Array(units), cache) { continue }
                try meetUnknown(&pendingUnknown, cache, policy) {
                    "the character " + String(decoding: units, as: UTF8.self)
                }
            }
        }
        if pendingUnknown { cache.queue.append(unknownID) }
    }

    private func addAffixed(
        _ word: UnsafeBufferPointer<UInt8>, _ cache: WordCache, _ policy: UnencodablePolicy
    ) throws(ONNXError) {
        var text = Array(word)
        if isByteLevel {
            text.removeAll()
            ByteAlphabet.spell(word, into: &text)
        }
        var pendingUnknown = false
        var cursor = 0
        while cursor < text.count {
            let length = text.withUnsafeBufferPointer { buffer in
                buffer.baseAddress.map { CharacterCursor.decode($0 + cursor).length } ?? 1
            }
            let units = affixes.spelling(
                of: text[cursor..<cursor + length], isFirst: cursor == 0,
                isLast: cursor + length == text.count)
            cursor += length
            let id = tokens.find(units)
            if id >= 0 {
                if pendingUnknown { cache.queue.append(unknownID) }
                pendingUnknown = false
                cache.queue.append(id)
            } else if !appendFallback(units, cache) {
                try meetUnknown(&pendingUnknown, cache, policy) {
                    "the character " + String(decoding: units, as: UTF8.self)
                }
            }
        }
        if pendingUnknown { cache.queue.append(unknownID) }
    }

    /// Appends the fallback tokens of a character's bytes, if the vocabulary has all of them.
    private func appendFallback(_ units: [UInt8], _ cache: WordCache) -> Bool {
        guard let ids = fallback?.ids(of: units) else { return false }
        for id in ids { cache.queue.append(id) }
        return true
    }

    private func meetUnknown(
        _ pending: inout Bool, _ cache: WordCache, _ policy: UnencodablePolicy, _ what: () -> String
    ) throws(ONNXError) {
        guard unknownID >= 0 else {
            cache.leftOut += 1
            if policy == .leaveOut { return }
            throw ONNXError(
                "tokenizer.unencodable",
                "the vocabulary has no token for \(what()), no byte fallback and no unknown token")
        }
        if pending, !fusesUnknown { cache.queue.append(unknownID) }
        pending = true
    }
}
