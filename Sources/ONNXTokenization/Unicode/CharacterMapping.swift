// SPDX-License-Identifier: Apache-2.0

/// Looks up what single characters become.
enum CharacterMapping {
    /// The first character of the lower case; only U+0130 has a second one, U+0307.
    static func lowercase(_ scalar: UInt32) -> UInt32 {
        let rows = LowercaseTable.pairs
        let row = rows[CanonicalLookup.lastIndex(rows, notAbove: UInt64(scalar) << 32 | 0xFFFF_FFFF)]
        return row >> 32 == UInt64(scalar) ? UInt32(truncatingIfNeeded: row) : scalar
    }

    /// The full decomposition of a character that has another than the canonical one.
    static func compatible(_ scalar: UInt32) -> ArraySlice<UInt32>? {
        let rows = CompatibilityTables.decompositions
        let row = rows[CanonicalLookup.lastIndex(rows, notAbove: UInt64(scalar) << 20 | 0xF_FFFF)]
        guard row >> 20 == UInt64(scalar) else { return nil }
        let start = Int(row >> 5 & 0x7FFF)
        return CompatibilityTables.decomposed[start..<start + Int(row & 0x1F)]
    }
}
