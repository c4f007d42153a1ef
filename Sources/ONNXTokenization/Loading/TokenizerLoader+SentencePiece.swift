// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension TokenizerLoader {
    /// Reads a `tokenizer.model`.
    ///
    /// - Parameter prefixesFirstOnly: whether only the text's very beginning gets a space in front, instead of each part
    ///   between added tokens (`legacy` of Llama's family).
    static func load(
        sentencePiece bytes: UnsafeRawBufferPointer, limits: TokenizerLimits, prefixesFirstOnly: Bool = false,
        postProcessor: PostProcessor = PostProcessor()
    ) throws(ONNXError) -> Parts {
        let source = try SentencePieceModel(bytes, limits: limits)
        guard !source.marksSpaceBehind, source.escapesSpaces, !source.hasDenormalizer else {
            throw unsupported("model setting", "spaces marked behind words or not at all, or a denormalizer")
        }
        var loader = TokenizerLoader(limits: limits)
        loader.postProcessor = postProcessor
        let table = TokenTable(expectedCount: source.pieces.count, expectedBytes: 8 * source.pieces.count)
        for (id, piece) in source.pieces.enumerated() {
            try append(piece.text.bindMemory(to: UInt8.self), id: id, to: table, limits: limits)
            guard piece.kind == .control || piece.kind == .unknown || piece.kind == .userDefined else {
                continue
            }
            loader.addedTokens.append(
                AddedToken(
                    id: id, content: String(decoding: piece.text, as: UTF8.self), isSingleWord: false,
                    stripsLeft: false,
                    stripsRight: false, isNormalized: piece.kind == .userDefined,
                    isSpecial: piece.kind != .userDefined))
        }
        try index(table)
        guard loader.addedTokens.count <= limits.addedTokens else {
            throw ONNXError("tokenizer.too_large", "there are more than \(limits.addedTokens) added tokens")
        }
        loader.normalizer = Normalizer(
            steps: [
                .sentencePiece(
                    SentencePieceNormalization(
                        map: source.charsmap.isEmpty ? nil : try PrecompiledMap(source.charsmap),
                        collapsesSpaces: source.removesExtraSpaces,
                        prefixes: source.addsDummyPrefix && !prefixesFirstOnly))
            ])
        if source.addsDummyPrefix, prefixesFirstOnly {
            loader.preTokenizer.steps = [
                .metaspace(replacement: SpaceMark.bytes, prepends: .first, splits: false)
            ]
        }
        loader.decoderSteps = [.replace(SpaceMark.bytes, with: [0x20]), .byteFallback, .fuse]
        if source.addsDummyPrefix || source.removesExtraSpaces {
            loader.decoderSteps?.append(.strip([0x20], start: source.removesExtraSpaces ? 1024 : 1, stop: 0))
        }
        // Pieces are spelled as the normalizer leaves texts.
        loader.addedTokensAreNormalized = true
        let model = WordModel(tokens: table, algorithm: try algorithm(source, table, limits))
        return try loader.parts(model)
    }

    private static func algorithm(
        _ source: SentencePieceModel, _ table: TokenTable, _ limits: TokenizerLimits
    ) throws(ONNXError) -> WordModel.Algorithm {
        let unknown = source.pieces.firstIndex { $0.kind == .unknown } ?? -1
        switch source.algorithm {
        case 1:
            for (id, piece) in source.pieces.enumerated() {
                try check(pieceBytes: piece.text.count, id, limits)
            }
            let kinds = source.pieces.map(\.kind)
            let lowest = source.pieces.filter { $0.kind == .normal }.map(\.score).min() ?? 0
            return .unigram(
                UnigramModel(
                    tokens: table, scores: source.pieces.map { Double($0.score) }, unknownID: unknown,
                    hasByteFallback: source.hasByteFallback, precision: .single,
                    isUsed: { kinds[$0] == .normal },
                    lowestScore: Double(lowest)))
        case 2:
            return .bytePairs(
                BPEModel(
                    tokens: table, merges: try merges(source, table), isByteLevel: false,
                    ignoresMerges: false,
                    fusesUnknown: true, unknownID: Int32(unknown), hasByteFallback: source.hasByteFallback))
        default: throw unsupported("model type", source.algorithm == 3 ? "word" : "char")
        }
    }

    /// Two neighbours merge where their joined text is a piece; the higher its score, the sooner.
    private static func merges(_ source: SentencePieceModel, _ table: TokenTable) throws(ONNXError)
        -> MergeTable
    {
        guard !source.pieces.contains(where: { $0.kind == .unused }) else {
            throw unsupported("model", "unused piece of byte-pair encoding")
        }
        let merges = MergeTable(expectedCount: source.pieces.count * 2)
        let ranks = Set(source.pieces.map(\.score)).sorted(by: >)
        let rankOfScore = Dictionary(zip(ranks, ranks.indices), uniquingKeysWith: { first, _ in first })
        for (id, piece) in source.pieces.enumerated() where piece.kind == .normal {
            let text = piece.text.bindMemory(to: UInt8.self)
            for split in text.indices.dropFirst() where text[split] & 0xC0 != 0x80 {
                let left = table.find(UnsafeBufferPointer(rebasing: text[..<split]))
                guard left >= 0, source.pieces[Int(left)].kind == .normal else { continue }
                let right = table.find(UnsafeBufferPointer(rebasing: text[split...]))
                guard right >= 0, source.pieces[Int(right)].kind == .normal else { continue }
                if SpaceMark.isCrossed(left: text[..<split], right: text[split...]) {
                    merges.crossesMark = true
                }
                merges.insert(
                    left: left, right: right, rank: UInt32(rankOfScore[piece.score] ?? 0), merged: Int32(id))
            }
        }
        return merges
    }
}
