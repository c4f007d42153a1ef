// SPDX-License-Identifier: Apache-2.0

/// What a character is to the rarer parts of tokenizers, as the reference implementation sees it.
struct CharacterTraits: OptionSet {
    let rawValue: UInt32

    /// `\w` of regular expressions.
    static let regexWord = CharacterTraits(rawValue: 1 << 5)
    /// Punctuation at which words are cut.
    static let dividing = CharacterTraits(rawValue: 1 << 6)
    /// A combining mark, and one that takes no room.
    static let accent = CharacterTraits(rawValue: 1 << 7)
    static let nonspacing = CharacterTraits(rawValue: 1 << 8)
    /// What BERT's normalizer removes, and what becomes a space.
    static let control = CharacterTraits(rawValue: 1 << 9)
    static let blank = CharacterTraits(rawValue: 1 << 10)
    /// The same for the normalizer `Nmt`.
    static let nmtRemoved = CharacterTraits(rawValue: 1 << 11)
    static let nmtSpace = CharacterTraits(rawValue: 1 << 12)
    static let ideograph = CharacterTraits(rawValue: 1 << 13)
    /// Joins the character before it, joins the one after it, joins none.
    static let extending = CharacterTraits(rawValue: 1 << 14)
    static let prepended = CharacterTraits(rawValue: 1 << 15)
    static let alone = CharacterTraits(rawValue: 1 << 16)

    /// One bit for the general category: bit 0 where it has none, else that of ``categoryNames``.
    var category: UInt32 { 1 << (rawValue & 31) }

    /// In the order of their bits, from 1 on.
    static let categoryNames = [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf",
        "Po", "Sm",
        "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Co",
    ]

    static func of(_ scalar: UInt32) -> CharacterTraits { CharacterTraits(rawValue: table[Int(scalar)]) }

    /// The traits of every code point: 0x110000 entries that live as long as the process.
    // Safety: filled once before anyone sees the pointer, never written or freed afterwards.
    nonisolated(unsafe) private static let table: UnsafePointer<UInt32> = {
        let count = 0x110000
        let pointer = UnsafeMutablePointer<UInt32>.allocate(capacity: count)
        var filled = 0
        var value: UInt32 = 0
        for run in CharacterTraitRuns.runs {
            let start = Int(run >> 17)
            (pointer + filled).initialize(repeating: value, count: start - filled)
            filled = start
            value = UInt32(run & 0x1FFFF)
        }
        (pointer + filled).initialize(repeating: value, count: count - filled)
        return UnsafePointer(pointer)
    }()
}
