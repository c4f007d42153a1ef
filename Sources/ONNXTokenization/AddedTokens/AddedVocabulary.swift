// SPDX-License-Identifier: Apache-2.0

/// The added tokens with what finds and decodes them.
struct AddedVocabulary: Sendable {
    var byID: [Int: AddedToken] = [:]
    var ids: [[UInt8]: Int] = [:]
    var specialContents: Set<[UInt8]> = []
    let rawMatcher: AddedTokenMatcher
    let normalizedMatcher: AddedTokenMatcher
    var decoded = DecodedTokens([:])

    /// What an added token reads as when decoding.
    final class DecodedTokens: @unchecked Sendable {
        // Safety: written by `init` only; the bytes live as long as the object.
        private let entries: [Int: (bytes: UnsafeBufferPointer<UInt8>, isSpecial: Bool)]

        init(_ contents: [Int: (bytes: [UInt8], isSpecial: Bool)]) {
            entries = contents.mapValues { content in
                let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: content.bytes.count)
                _ = copy.initialize(from: content.bytes)
                return (UnsafeBufferPointer(copy), content.isSpecial)
            }
        }

        deinit { for entry in entries.values { entry.bytes.deallocate() } }

        var isEmpty: Bool { entries.isEmpty }

        subscript(id: Int) -> (bytes: UnsafeBufferPointer<UInt8>, isSpecial: Bool)? { entries[id] }
    }

    /// Takes the tokens in the order of the file and finishes the matchers.
    ///
    /// As in the reference, a token whose spelling the model's vocabulary has gets that id, and another one the next
    /// id after the vocabulary, whatever the file says; a spelling that comes twice keeps its id and takes the later
    /// settings.
    init(_ tokens: [AddedToken], model: TokenTable, normalizer: Normalizer) {
        var nextID = model.count
        var normalizedContents: [Int: [UInt8]] = [:]
        for token in tokens {
            let content = Array(token.content.utf8)
            let known = ids[content] ?? model.find(content).asID
            let id = known ?? nextID
            if known == nil { nextID += 1 }
            ids[content] = id
            if token.isSpecial { specialContents.insert(content) }
            byID[id] = token.withID(id)
            if token.isNormalized {
                let normalized = normalizer.apply(NormalizedText(content, trust: nil)).bytes
                if normalized != content { normalizedContents[id] = normalized }
            }
        }
        var raw: [(token: AddedToken, pattern: [UInt8])] = []
        var normalized: [(token: AddedToken, pattern: [UInt8])] = []
        var decodedContents: [Int: (bytes: [UInt8], isSpecial: Bool)] = [:]
        for (id, token) in byID.sorted(by: { $0.key < $1.key }) {
            let content = Array(token.content.utf8)
            let shown = normalizedContents[id] ?? content
            decodedContents[id] = (shown, specialContents.contains(shown))
            if token.isNormalized {
                normalized.append((token, shown))
            } else {
                raw.append((token, content))
            }
        }
        rawMatcher = AddedTokenMatcher(raw)
        normalizedMatcher = AddedTokenMatcher(normalized)
        decoded = DecodedTokens(decodedContents)
    }
}

extension Int32 {
    fileprivate var asID: Int? { self >= 0 ? Int(self) : nil }
}

extension AddedToken {
    fileprivate func withID(_ id: Int) -> AddedToken {
        AddedToken(
            id: id, content: content, isSingleWord: isSingleWord, stripsLeft: stripsLeft,
            stripsRight: stripsRight,
            isNormalized: isNormalized, isSpecial: isSpecial)
    }
}
