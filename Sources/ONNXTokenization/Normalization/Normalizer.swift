// SPDX-License-Identifier: Apache-2.0

/// The steps that change a text before it is cut into words.
struct Normalizer: Sendable {
    enum Step: Sendable {
        case form(NormalizationForm)
        case prepend([UInt8])
        case replace([UInt8], with: [UInt8])
        case replaceMatches(SplitExpression, with: [UInt8])
        case lowercase
        case strip(left: Bool, right: Bool)
        case stripAccents
        case nmt
        case bert(BertNormalization)
        case mapped(PrecompiledMap)
        /// Spells each byte with the byte-level alphabet.
        case byteLevel
        case sentencePiece(SentencePieceNormalization)
    }

    var steps: [Step] = []

    /// Normalises one stretch of text on its own.
    func apply(_ text: NormalizedText) -> NormalizedText {
        var text = text
        for step in steps { text = Self.apply(step, to: text) }
        return text
    }

    private static func apply(_ step: Step, to text: NormalizedText) -> NormalizedText {
        switch step {
        case .form(let form): return text.normalized(form)
        case .prepend(let prefix):
            guard !text.isEmpty, !prefix.isEmpty else { return text }
            return text.replacing([0..<0], with: prefix)
        case .replace(let pattern, let content):
            return text.replacing(ByteSearch.ranges(of: pattern, in: text.bytes), with: content)
        case .replaceMatches(let expression, let content):
            let ranges = text.bytes.withUnsafeBufferPointer { expression.matches(in: $0) }
            return text.replacing(ranges, with: content)
        case .lowercase: return text.lowercased()
        case .strip(let left, let right): return text.stripped(left: left, right: right)
        case .stripAccents: return text.removing(.accent)
        case .nmt: return text.cleaned(removed: .nmtRemoved, blank: .nmtSpace)
        case .bert(let settings): return settings.apply(to: text)
        case .mapped(let map): return map.apply(to: text)
        case .byteLevel: return text.spelled()
        case .sentencePiece(let settings): return settings.apply(to: text)
        }
    }
}
