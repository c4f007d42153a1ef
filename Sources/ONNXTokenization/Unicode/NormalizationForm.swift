// SPDX-License-Identifier: Apache-2.0

/// A normalisation form of Unicode, by the tables of the reference implementation.
struct NormalizationForm: Sendable, Hashable {
    /// Whether characters that only look or mean alike become the same (the K of NFKC).
    var isCompatible: Bool
    var isComposed: Bool

    static let composed = NormalizationForm(isCompatible: false, isComposed: true)
    static let decomposed = NormalizationForm(isCompatible: false, isComposed: false)

    /// The form of a name such as `NFC`.
    init?(name: String) {
        switch name {
        case "NFC": self = .composed
        case "NFD": self = .decomposed
        case "NFKC": self.init(isCompatible: true, isComposed: true)
        case "NFKD": self.init(isCompatible: true, isComposed: false)
        default: return nil
        }
    }

    private init(isCompatible: Bool, isComposed: Bool) {
        self.isCompatible = isCompatible
        self.isComposed = isComposed
    }

    /// A character with its combining class and whether it came from trusted text.
    private struct Unit {
        var scalar: UInt32
        var order: UInt8
        var isTrusted: Bool
    }

    /// Whether the bytes are in this form for certain: form C leaves everything below U+0300 alone, each form ASCII.
    func keeps(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let first: UInt8 = self == .composed ? 0xCC : 0x80
        return !bytes.contains { $0 >= first }
    }

    /// Appends the normalised text, and for each byte whether all it was made from is trusted.
    func normalize(
        _ bytes: UnsafeBufferPointer<UInt8>, trust: UnsafePointer<Bool>?, into text: inout [UInt8],
        _ textTrust: inout [Bool]
    ) {
        guard let base = bytes.baseAddress else { return }
        var units: [Unit] = []
        units.reserveCapacity(bytes.count)
        var cursor = 0
        while cursor < bytes.count {
            let (scalar, length) = CharacterCursor.decode(base + cursor)
            decompose(scalar, isTrusted: trust?[cursor] ?? true, into: &units)
            cursor += length
        }
        Self.reorder(&units)
        if isComposed { Self.compose(&units) }
        for unit in units {
            guard let scalar = Unicode.Scalar(unit.scalar), let encoded = UTF8.encode(scalar) else {
                continue
            }
            text.append(contentsOf: encoded)
            if trust != nil { for _ in encoded { textTrust.append(unit.isTrusted) } }
        }
    }

    private func decompose(_ scalar: UInt32, isTrusted: Bool, into units: inout [Unit]) {
        func append(_ part: UInt32) {
            units.append(
                Unit(scalar: part, order: CanonicalLookup.combiningClass(part), isTrusted: isTrusted))
        }
        if scalar < 0xA0 { return units.append(Unit(scalar: scalar, order: 0, isTrusted: isTrusted)) }
        if scalar >= Hangul.first && scalar < Hangul.first + Hangul.count {
            let index = scalar - Hangul.first
            append(Hangul.lead + index / (Hangul.vowelCount * Hangul.tailCount))
            append(Hangul.vowel + index / Hangul.tailCount % Hangul.vowelCount)
            if index % Hangul.tailCount != 0 { append(Hangul.tail + index % Hangul.tailCount) }
            return
        }
        if isCompatible, let parts = CharacterMapping.compatible(scalar) {
            for part in parts { append(part) }
            return
        }
        guard let parts = CanonicalLookup.decomposition(scalar) else { return append(scalar) }
        for part in parts { append(part) }
    }

    private static func reorder(_ units: inout [Unit]) {
        var start = 0
        while start < units.count {
            guard units[start].order != 0 else {
                start += 1
                continue
            }
            var end = start + 1
            var isSorted = true
            while end < units.count, units[end].order != 0 {
                if units[end].order < units[end - 1].order { isSorted = false }
                end += 1
            }
            if !isSorted {
                let places = (start..<end).sorted {
                    (units[$0].order, $0) < (units[$1].order, $1)
                }
                let sorted = places.map { units[$0] }
                units.replaceSubrange(start..<end, with: sorted)
            }
            start = end
        }
    }

    private static func compose(_ units: inout [Unit]) {
        var written = 0
        var starter = -1
        var lastOrder: UInt8 = 0
        for index in units.indices {
            let unit = units[index]
            let isAdjacent = starter >= 0 && starter == written - 1
            if starter >= 0, isAdjacent || lastOrder != 0 && lastOrder < unit.order,
                let whole = compose(units[starter].scalar, unit.scalar)
            {
                units[starter].scalar = whole
                units[starter].isTrusted = units[starter].isTrusted && unit.isTrusted
                continue
            }
            if unit.order == 0 { starter = written }
            lastOrder = unit.order
            units[written] = unit
            written += 1
        }
        units.removeLast(units.count - written)
    }

    private static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if first >= Hangul.lead, first < Hangul.lead + Hangul.leadCount {
            guard second >= Hangul.vowel, second < Hangul.vowel + Hangul.vowelCount else { return nil }
            return Hangul.first
                + ((first - Hangul.lead) * Hangul.vowelCount + second - Hangul.vowel) * Hangul.tailCount
        }
        if first >= Hangul.first, first < Hangul.first + Hangul.count,
            (first - Hangul.first) % Hangul.tailCount == 0
        {
            guard second > Hangul.tail, second < Hangul.tail + Hangul.tailCount else { return nil }
            return first + second - Hangul.tail
        }
        return CanonicalLookup.composition(first, second)
    }

    private enum Hangul {
        static let first: UInt32 = 0xAC00
        static let lead: UInt32 = 0x1100
        static let vowel: UInt32 = 0x1161
        static let tail: UInt32 = 0x11A7
        static let leadCount: UInt32 = 19
        static let vowelCount: UInt32 = 21
        static let tailCount: UInt32 = 28
        static let count: UInt32 = 11172
    }
}
