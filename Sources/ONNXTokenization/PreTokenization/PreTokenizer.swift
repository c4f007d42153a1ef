// SPDX-License-Identifier: Apache-2.0

/// The steps that cut a text into the words that the model sees.
struct PreTokenizer: Sendable {
    enum Step: Sendable {
        case split(SplitMatcher, SplitBehavior, inverted: Bool)
        /// A space in front of each piece that has none.
        case prefixSpace
        /// Each byte in the byte-level alphabet.
        case spelling
        /// A cut wherever the script changes.
        case scripts
        /// A cut behind so many characters.
        case length(Int)
        case metaspace(replacement: [UInt8], prepends: Prepending, splits: Bool)
    }

    /// Where the metaspace goes in front.
    enum Prepending: String, Sendable { case first, never, always }

    var steps: [Step] = []

    /// Whether the model sees bytes, spelled with the byte-level alphabet, instead of characters.
    var isByteLevel = false

    /// Makes the byte-level spelling, which otherwise the model sees to, a step of its own, so that others can follow.
    mutating func spellBytes() {
        guard isByteLevel else { return }
        isByteLevel = false
        steps.append(.spelling)
    }

    func apply(to text: inout TextPieces) {
        for step in steps {
            switch step {
            case .split(.words(let pattern), .isolated, _):
                text.cutTexts { base, piece, result in
                    let scanner = WordScanner(pattern, base: base, end: piece.end)
                    var cursor = piece.start
                    while cursor < piece.end {
                        let end = scanner.matchEnd(cursor)
                        let isAtOrigin = piece.isAtOrigin && cursor == piece.start
                        result.append(TextPiece(start: cursor, end: end, isAtOrigin: isAtOrigin))
                        cursor = end
                    }
                }
            case .split(let matcher, let behavior, let inverted):
                var scratch = SplitMatcher.Scratch()
                text.cutTexts { base, piece, result in
                    matcher.findStretches(base: base, piece: piece, &scratch)
                    if inverted {
                        for index in scratch.stretches.indices { scratch.stretches[index].isMatch.toggle() }
                    }
                    behavior.cut(scratch.stretches, of: piece, into: &result)
                }
            case .spelling:
                text.replaceTexts { bytes, _ in
                    var spelled: [UInt8] = []
                    ByteAlphabet.spell(bytes, into: &spelled)
                    return spelled
                }
            case .scripts:
                text.cutTexts { base, piece, result in ScriptRuns.cut(base: base, piece: piece, into: &result)
                }
            case .length(let length):
                text.cutTexts { base, piece, result in
                    var start = piece.start
                    while start < piece.end {
                        var end = start
                        for _ in 0..<length where end < piece.end {
                            end += CharacterCursor.decode(base + end).length
                        }
                        let isAtOrigin = piece.isAtOrigin && start == piece.start
                        result.append(TextPiece(start: start, end: end, isAtOrigin: isAtOrigin))
                        start = end
                    }
                }
            case .prefixSpace:
                text.replaceTexts { bytes, _ in bytes.first == 0x20 ? nil : [0x20] + bytes }
            case .metaspace(let replacement, let prepending, let splits):
                text.replaceTexts { bytes, piece in
                    Self.metaspaced(bytes, replacement, prepending, isAtOrigin: piece.isAtOrigin)
                }
                if splits {
                    let matcher = SplitMatcher.literal(replacement)
                    var scratch = SplitMatcher.Scratch()
                    text.cutTexts { base, piece, result in
                        matcher.findStretches(base: base, piece: piece, &scratch)
                        SplitBehavior.mergedWithNext.cut(scratch.stretches, of: piece, into: &result)
                    }
                }
            }
        }
    }

    private static func metaspaced(
        _ bytes: UnsafeBufferPointer<UInt8>, _ replacement: [UInt8], _ prepending: Prepending,
        isAtOrigin: Bool
    ) -> [UInt8]? {
        let startsWith =
            bytes.count >= replacement.count && bytes.starts(with: replacement) || bytes.first == 0x20
        let prepends = !startsWith && (prepending == .always || prepending == .first && isAtOrigin)
        guard prepends || bytes.contains(0x20) else { return nil }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + 16)
        if prepends { text += replacement }
        for byte in bytes {
            if byte == 0x20 { text += replacement } else { text.append(byte) }
        }
        return text
    }
}
