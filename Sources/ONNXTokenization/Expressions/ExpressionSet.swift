// SPDX-License-Identifier: Apache-2.0

/// The characters that one place of a regular expression takes.
indirect enum ExpressionSet: Sendable, Hashable {
    case ranges([ClosedRange<UInt32>])
    /// General categories, one bit for each; see ``CharacterTraits/category``.
    case categories(UInt32)
    /// `\w` and `\s`.
    case word
    case space
    case not(ExpressionSet)
    case union([ExpressionSet])

    static func character(_ scalar: UInt32) -> ExpressionSet { .ranges([scalar...scalar]) }

    /// `\d`, and all that `.` takes.
    static let digit = ExpressionSet.category("Nd") ?? .ranges([])
    static let anyButNewline = ExpressionSet.not(.character(0x0A))

    /// A general category such as `Lu`, or a group of them such as `L`; nil where there is none of that name.
    static func category(_ name: String) -> ExpressionSet? {
        var mask: UInt32 = 0
        for (index, known) in CharacterTraits.categoryNames.enumerated()
        where known == name || name.utf8.count == 1 && known.hasPrefix(name) {
            mask |= 1 << UInt32(index + 1)
        }
        if name == "C" || name == "Cn" { mask |= 1 }
        return mask == 0 ? nil : .categories(mask)
    }

    func contains(_ scalar: UInt32) -> Bool {
        switch self {
        case .ranges(let ranges): ranges.contains { $0.contains(scalar) }
        case .categories(let mask): CharacterTraits.of(scalar).category & mask != 0
        case .word: CharacterTraits.of(scalar).contains(.regexWord)
        case .space: CharacterClass(rawValue: CharacterClass.table[Int(scalar)]).contains(.space)
        case .not(let inner): !inner.contains(scalar)
        case .union(let parts): parts.contains { $0.contains(scalar) }
        }
    }
}
