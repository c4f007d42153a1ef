// SPDX-License-Identifier: Apache-2.0

/// What a character is, as the reference implementation of tokenizers sees it.
struct CharacterClass: OptionSet {
    let rawValue: UInt16

    static let upper = CharacterClass(rawValue: 1 << 0)
    static let lower = CharacterClass(rawValue: 1 << 1)
    static let otherLetter = CharacterClass(rawValue: 1 << 2)
    static let mark = CharacterClass(rawValue: 1 << 3)
    static let number = CharacterClass(rawValue: 1 << 4)
    static let space = CharacterClass(rawValue: 1 << 5)
    static let punctuation = CharacterClass(rawValue: 1 << 6)
    static let symbol = CharacterClass(rawValue: 1 << 7)

    /// A number in the sense of the `Digits` pre-tokenizer.
    static let digit = CharacterClass(rawValue: 1 << 8)

    /// A word character, and white space, in the sense of added tokens.
    static let word = CharacterClass(rawValue: 1 << 9)
    static let strippable = CharacterClass(rawValue: 1 << 10)

    static let letter: CharacterClass = [.upper, .lower, .otherLetter]

    /// The class of every code point: 0x110000 entries that live as long as the process.
    // Safety: filled once before anyone sees the pointer, never written or freed afterwards.
    nonisolated(unsafe) static let table: UnsafePointer<UInt16> = {
        let count = 0x110000
        let pointer = UnsafeMutablePointer<UInt16>.allocate(capacity: count)
        let runs = CharacterClassRuns.runs
        var filled = 0
        var value: UInt16 = 0
        for run in runs + [UInt32(0x10FFFF) << 11] {
            let start = Int(run >> 11)
            if start > filled { (pointer + filled).initialize(repeating: value, count: start - filled) }
            filled = start
            value = UInt16(run & 0x7FF)
        }
        (pointer + filled).initialize(repeating: 0, count: count - filled)
        return UnsafePointer(pointer)
    }()
}

/// Walks over well-formed UTF-8.
///
/// The bytes come from a `String` or from buffers made of such, so every character in `0..<end` is whole.
struct CharacterCursor {
    let base: UnsafePointer<UInt8>
    let end: Int
    let table = CharacterClass.table

    /// The class and the byte length of the character at `position`, which is below `end`.
    @inline(__always)
    func character(_ position: Int) -> (kind: CharacterClass, length: Int) {
        let first = base[position]
        if first < 0x80 { return (CharacterClass(rawValue: table[Int(first)]), 1) }
        let (scalar, length) = Self.decode(base + position)
        return (CharacterClass(rawValue: table[Int(scalar)]), length)
    }

    /// The end of the run of characters from `position` that are in `kinds`.
    @inline(__always)
    func endOfRun(_ position: Int, in kinds: CharacterClass) -> Int {
        var cursor = position
        while cursor < end {
            let (kind, length) = character(cursor)
            if kind.isDisjoint(with: kinds) { break }
            cursor += length
        }
        return cursor
    }

    /// The end of the run of characters from `position` that are in none of `kinds`.
    @inline(__always)
    func endOfRun(_ position: Int, outside kinds: CharacterClass) -> Int {
        var cursor = position
        while cursor < end {
            let (kind, length) = character(cursor)
            if !kind.isDisjoint(with: kinds) { break }
            cursor += length
        }
        return cursor
    }

    /// The start of the character that ends at `position`, which is above 0.
    func startOfCharacter(endingAt position: Int) -> Int {
        var cursor = position - 1
        while cursor > 0, base[cursor] & 0xC0 == 0x80 { cursor -= 1 }
        return cursor
    }

    /// Decodes the whole multi-byte character at `bytes`.
    @inline(__always)
    static func decode(_ bytes: UnsafePointer<UInt8>) -> (scalar: UInt32, length: Int) {
        let first = UInt32(bytes[0])
        if first < 0x80 { return (first, 1) }
        let second = UInt32(bytes[1] & 0x3F)
        if first < 0xE0 { return ((first & 0x1F) << 6 | second, 2) }
        let third = UInt32(bytes[2] & 0x3F)
        if first < 0xF0 { return ((first & 0x0F) << 12 | second << 6 | third, 3) }
        let fourth = UInt32(bytes[3] & 0x3F)
        return (min((first & 0x07) << 18 | second << 12 | third << 6 | fourth, 0x10FFFF), 4)
    }
}
