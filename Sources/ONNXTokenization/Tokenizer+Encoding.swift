// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors

extension Tokenizer {
    /// Encodes a text.
    ///
    ///     let tokenizer = try Tokenizer(folder: "models/llama")
    ///     let data = try tokenizer.encode("the end</s>", addSpecialTokens: false)
    ///     let markup = try tokenizer.encode("the end</s>", addSpecialTokens: false, parseSpecial: true)
    ///     print(data.count > markup.count)  // true
    ///
    /// - Parameters:
    ///   - addSpecialTokens: Whether the post-processor adds its tokens (beginning of text, for example).
    ///   - parseSpecial: Whether special tokens written in the text become control ids. Without it a text is data:
    ///     its ids are those of `tokenizers` with `encode_special_tokens` set.
    ///   - unencodable: What happens to a character that the vocabulary cannot express at all.
    /// - Throws: `tokenizer.text_too_large`; `tokenizer.unencodable` where `unencodable` refuses.
    /// - Complexity: O(n log n) at worst in the length of the longest word, O(n) otherwise.
    public func encode(
        _ text: String, addSpecialTokens: Bool = true, parseSpecial: Bool = false,
        unencodable: UnencodablePolicy = .leaveOut
    ) throws(ONNXError) -> [Int] {
        let bytes = Array(text.utf8)
        return try encode(bytes, nil, addSpecialTokens, parseSpecial: parseSpecial, unencodable)
    }

    /// Encodes bytes that should be UTF-8. What is not becomes U+FFFD: one for each longest beginning of a character
    /// that is not completed, as Python's `bytes.decode(errors="replace")` does.
    ///
    ///     let tokenizer = try Tokenizer(folder: "models/smollm2-135m-instruct")
    ///     let ids = try tokenizer.encode(utf8: [0x48, 0x69, 0xFF], addSpecialTokens: false)
    ///     print(try tokenizer.decode(ids))  // Hi�
    ///
    /// - Throws: What `encode(_:addSpecialTokens:parseSpecial:unencodable:)` throws.
    public func encode(
        utf8 bytes: [UInt8], addSpecialTokens: Bool = true, parseSpecial: Bool = false,
        unencodable: UnencodablePolicy = .leaveOut
    ) throws(ONNXError) -> [Int] {
        guard !LossyUTF8.isWellFormed(bytes) else {
            return try encode(bytes, nil, addSpecialTokens, parseSpecial: parseSpecial, unencodable)
        }
        var text: [UInt8] = []
        if LossyUTF8.decode(bytes, into: &text) < bytes.count { text += [0xEF, 0xBF, 0xBD] }
        return try encode(text, nil, addSpecialTokens, parseSpecial: parseSpecial, unencodable)
    }

    /// Encodes parts of a prompt as one text, in which only trusted parts can become control tokens.
    ///
    ///     let tokenizer = try Tokenizer(folder: "models/llama")
    ///     let ids = try tokenizer.encode(segments: [
    ///         TextSegment("the end", isTrusted: true), TextSegment("</s>", isTrusted: false),
    ///     ])
    ///     print(ids.contains { tokenizer.isSpecial($0) })  // false
    ///
    /// The parts are joined first, so that words run across their borders as they would in one string. Then:
    /// - A control token (``AddedToken/isControl``: special, or spelled like a marker) is found only where every byte
    ///   of it is trusted. A look-alike in other text hides no trusted token that begins later.
    /// - Other added tokens, such as runs of spaces, are found everywhere.
    /// - White space that a trusted token takes along (``AddedToken/stripsRight``) may come from any part.
    ///
    /// Where all parts are trusted the ids are those of `encode(_:addSpecialTokens:parseSpecial:)` with
    /// `parseSpecial`. Errors are the same too.
    public func encode(
        segments: [TextSegment], addSpecialTokens: Bool = false, unencodable: UnencodablePolicy = .leaveOut
    ) throws(ONNXError) -> [Int] {
        var bytes: [UInt8] = []
        var trust: [Bool] = []
        for segment in segments {
            let before = bytes.count
            bytes.append(contentsOf: segment.text.utf8)
            trust.append(contentsOf: repeatElement(segment.isTrusted, count: bytes.count - before))
        }
        return try encode(bytes, trust, addSpecialTokens, parseSpecial: true, unencodable)
    }

    private func encode(
        _ bytes: [UInt8], _ trust: [Bool]?, _ addSpecialTokens: Bool, parseSpecial: Bool,
        _ unencodable: UnencodablePolicy
    ) throws(ONNXError) -> [Int] {
        guard bytes.count <= limits.textBytes else {
            throw ONNXError(
                "tokenizer.text_too_large",
                "the text has \(bytes.count) bytes, the limit is \(limits.textBytes)")
        }
        var text = TextPieces(bytes: bytes, pieces: [])
        if !bytes.isEmpty { text.pieces.append(TextPiece(start: 0, end: bytes.count, isAtOrigin: true)) }
        find(added.rawMatcher, in: &text, trust: trust, parseSpecial: parseSpecial)
        let normalizedTrust = normalize(&text, trust: trust)
        find(added.normalizedMatcher, in: &text, trust: normalizedTrust, parseSpecial: parseSpecial)
        preTokenizer.apply(to: &text)

        var ids = addSpecialTokens ? postProcessor.prefix : []
        ids.reserveCapacity(text.bytes.count / 3 + 16)
        try appendIDs(of: text, unencodable, to: &ids)
        if addSpecialTokens { ids.append(contentsOf: postProcessor.suffix) }
        return ids
    }

    private func find(
        _ matcher: AddedTokenMatcher, in text: inout TextPieces, trust: [Bool]?, parseSpecial: Bool
    ) {
        guard !matcher.isEmpty else { return }
        guard let trust else {
            return text.cutTexts { base, piece, result in
                matcher.cut(
                    base: base, piece: piece, admission: parseSpecial ? .all : .notSpecial, into: &result)
            }
        }
        trust.withUnsafeBufferPointer { flags in
            guard let flags = flags.baseAddress else { return }
            text.cutTexts { base, piece, result in
                matcher.cut(base: base, piece: piece, admission: .trusted(flags), into: &result)
            }
        }
    }

    /// Normalises the pieces of text, each on its own, and returns the new text's trust.
    private func normalize(_ text: inout TextPieces, trust: [Bool]?) -> [Bool]? {
        guard !normalizer.steps.isEmpty else { return trust }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.bytes.count)
        var newTrust: [Bool] = []
        var pieces: [TextPiece] = []
        for piece in text.pieces {
            var moved = piece
            moved.start = bytes.count
            if piece.isText {
                let range = piece.start..<piece.end
                let part = NormalizedText(Array(text.bytes[range]), trust: trust.map { Array($0[range]) })
                let changed = normalizer.apply(part)
                bytes.append(contentsOf: changed.bytes)
                newTrust.append(contentsOf: changed.trust ?? [])
            }
            moved.end = bytes.count
            if !piece.isText || moved.end > moved.start { pieces.append(moved) }
        }
        text = TextPieces(bytes: bytes, pieces: pieces)
        return trust == nil ? nil : newTrust
    }

    private func appendIDs(
        of text: TextPieces, _ policy: UnencodablePolicy, to ids: inout [Int]
    ) throws(ONNXError) {
        let cache = model.caches.take()
        defer { model.caches.giveBack(cache) }
        let failure: ONNXError? = text.bytes.withUnsafeBufferPointer { buffer in
            do throws(ONNXError) {
                for piece in text.pieces {
                    if piece.isText {
                        let word = UnsafeBufferPointer(rebasing: buffer[piece.start..<piece.end])
                        try model.appendIDs(of: word, cache: cache, policy: policy, to: &ids)
                    } else {
                        ids.append(Int(piece.id))
                    }
                }
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }
}
