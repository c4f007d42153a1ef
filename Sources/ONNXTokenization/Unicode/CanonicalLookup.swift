// SPDX-License-Identifier: Apache-2.0

/// Looks up the generated tables of canonical equivalence by binary search.
enum CanonicalLookup {
    static func combiningClass(_ scalar: UInt32) -> UInt8 {
        if scalar < 0x300 { return 0 }
        let runs = CanonicalTables.classRuns
        let place = lastIndex(runs, notAbove: scalar << 8 | 0xFF)
        return UInt8(truncatingIfNeeded: runs[place])
    }

    static func decomposition(_ scalar: UInt32) -> ArraySlice<UInt32>? {
        let rows = CanonicalTables.decompositions
        let place = lastIndex(rows, notAbove: UInt64(scalar) << 32 | 0xFFFF_FFFF)
        let row = rows[place]
        guard row >> 32 == UInt64(scalar) else { return nil }
        let start = Int(row >> 4 & 0xFFF_FFFF)
        return CanonicalTables.decomposed[start..<start + Int(row & 0xF)]
    }

    static func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
        let rows = CanonicalTables.compositions
        let key = UInt64(first) << 21 | UInt64(second)
        let row = rows[lastIndex(rows, notAbove: key << 21 | 0x1F_FFFF)]
        return row >> 21 == key ? UInt32(row & 0x1F_FFFF) : nil
    }

    /// The last place whose value is not above `limit`, or 0.
    static func lastIndex<T: Comparable>(_ values: [T], notAbove limit: T) -> Int {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if values[middle] <= limit { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }
}
