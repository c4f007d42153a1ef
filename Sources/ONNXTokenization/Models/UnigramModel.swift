// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// The pieces of a word with the highest sum of scores.
struct UnigramModel: Sendable {
    let tokens: TokenTable
    /// How sums are rounded: to 32 bits where the vocabulary is a `tokenizer.model`, as its own reference does.
    enum Precision: Sendable { case single, double }

    private let trie: ByteTrie
    /// By id; nil for pieces that are never used.
    private let scores: [Double?]
    private let unknownScore: Double
    private let unknownID: Int32
    private let fallback: FallbackBytes?
    /// Whether a run of unknown characters is looked up as a whole, and falls back as a whole.
    private let isFused: Bool
    private let precision: Precision

    /// One place of a word: the best way there.
    struct Arrival {
        var score = 0.0
        var start: Int32 = -1
        var id: Int32 = -1
    }

    /// - Parameters:
    ///   - pieces: spelling and score of every id.
    ///   - unknownID: the unknown token, or -1.
    ///   - isUsed: whether a piece may stand in a text.
    init(
        tokens: TokenTable, scores: [Double], unknownID: Int, hasByteFallback: Bool, precision: Precision,
        isUsed: (Int) -> Bool = { _ in true }, lowestScore: Double? = nil
    ) {
        self.tokens = tokens
        self.scores = scores.indices.map { isUsed($0) ? scores[$0] : nil }
        self.unknownID = Int32(unknownID)
        self.precision = precision
        isFused = precision == .double
        fallback = hasByteFallback ? FallbackBytes(tokens) : nil
        let lowest = lowestScore ?? scores.min() ?? 0
        unknownScore = precision == .single ? Double(Float(lowest) - 10) : lowest - 10
        trie = ByteTrie((0..<scores.count).map { tokens.bytes(of: $0) ?? .init(start: nil, count: 0) })
    }

    func appendIDs(
        of word: UnsafeBufferPointer<UInt8>, cache: WordCache, policy: UnencodablePolicy,
        to result: inout [Int]
    ) throws(ONNXError) {
        guard word.count < Int(Int32.max), !word.isEmpty else { return }
        findArrivals(word, &cache.arrivals)
        var end = word.count
        cache.spans.removeAll(keepingCapacity: true)
        while end > 0 {
            let arrival = cache.arrivals[end]
            let isUnknown = arrival.id == unknownID || arrival.id < 0
            if isUnknown, let last = cache.spans.last, last.isUnknown, last.start == end, isFused,
                unknownID >= 0
            {
                cache.spans[cache.spans.count - 1].start = Int(arrival.start)
            } else {
                cache.spans.append((Int(arrival.start), end, arrival.id, isUnknown))
            }
            end = Int(arrival.start)
        }
        var previousWasUnknown = false
        for span in cache.spans.reversed() {
            guard span.isUnknown else {
                result.append(Int(span.id))
                previousWasUnknown = false
                continue
            }
            let text = UnsafeBufferPointer(rebasing: word[span.start..<span.end])
            let whole = isFused ? tokens.find(text) : -1
            if whole >= 0 {
                result.append(Int(whole))
            } else if let ids = fallback?.ids(of: text) {
                for id in ids { result.append(Int(id)) }
            } else if unknownID >= 0 {
                if !previousWasUnknown || isFused { result.append(Int(unknownID)) }
                previousWasUnknown = true
            } else {
                cache.leftOut += 1
                guard policy == .leaveOut else { throw WordModel.unencodable(text) }
            }
        }
        if cache.arrivals.count > 1 << 16 {
            cache.arrivals = []
            cache.spans = []
        }
    }

    private func findArrivals(_ word: UnsafeBufferPointer<UInt8>, _ arrivals: inout [Arrival]) {
        arrivals.removeAll(keepingCapacity: true)
        arrivals.append(contentsOf: repeatElement(Arrival(), count: word.count + 1))
        guard let base = word.baseAddress else { return }
        arrivals.withUnsafeMutableBufferPointer { arrivals in
            var start = 0
            while start < word.count {
                let here = arrivals[start].score
                let length = CharacterCursor.decode(base + start).length
                var hasSingle = false
                var node = ByteTrie.root
                var cursor = start
                while cursor < word.count {
                    node = trie.child(of: node, word[cursor])
                    if node < 0 { break }
                    cursor += 1
                    let id = trie.value[Int(node)]
                    guard id >= 0, let score = scores[Int(id)] else { continue }
                    offer(sum(score, here), Int32(start), id, &arrivals[cursor])
                    if cursor - start == length { hasSingle = true }
                }
                if !hasSingle {
                    offer(sum(unknownScore, here), Int32(start), unknownID, &arrivals[start + length])
                }
                start += length
            }
        }
    }

    @inline(__always)
    private func sum(_ left: Double, _ right: Double) -> Double {
        precision == .single ? Double(Float(left) + Float(right)) : left + right
    }

    @inline(__always)
    private func offer(_ score: Double, _ start: Int32, _ id: Int32, _ arrival: inout Arrival) {
        guard arrival.start < 0 || score > arrival.score else { return }
        arrival = Arrival(score: score, start: start, id: id)
    }
}

extension WordModel {
    static func unencodable(_ text: UnsafeBufferPointer<UInt8>) -> ONNXError {
        ONNXError(
            "tokenizer.unencodable",
            "the vocabulary has no token for \"\(String(decoding: text.prefix(64), as: UTF8.self))\", no byte fallback "
                + "and no unknown token")
    }
}
