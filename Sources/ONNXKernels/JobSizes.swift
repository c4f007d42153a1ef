// SPDX-License-Identifier: Apache-2.0

/// How the tasks of a job are divided, in one word: tasks into units, units into one share for each participant.
///
/// A unit is one task unless there are more than 32,768 for a participant.
package struct JobSizes {
    /// Units that a share may have.
    private static let largestShare = 1 << 15

    /// From the top: tasks that the last unit lacks (32 bits), units of a share (16), shares that have one more (10),
    /// binary logarithm of the tasks of a unit (6).
    package let bits: UInt64

    /// A word of another thread.
    package init(bits: UInt64) { self.bits = bits }

    /// - Parameters:
    ///   - count: tasks, 1 or more.
    ///   - participants: 1...1024.
    /// - Returns: nil for more tasks than can be counted, some 10¹⁴.
    package init?(count: Int, participants: Int) {
        var shift = 0
        while (count - 1) &>> shift >= participants &* Self.largestShare { shift += 1 }
        guard shift < 32 else { return nil }
        let units = ((count - 1) &>> shift) &+ 1
        // Few enough for the shorter division.
        let quotient = Int(UInt32(truncatingIfNeeded: units) / UInt32(truncatingIfNeeded: participants))
        let remainder = units &- quotient &* participants
        let missing = units &<< shift &- count
        bits = UInt64(missing &<< 32 | quotient &<< 16 | remainder &<< 6 | shift)
    }

    private var perShare: Int { Int(bits >> 16 & 0xFFFF) }
    private var longerShares: Int { Int(bits >> 6 & 0x3FF) }

    /// All units.
    package func unitCount(_ participants: Int) -> Int { perShare * participants + longerShares }

    /// The first unit of a share and their number.
    package func units(of share: Int) -> (start: Int, length: Int) {
        (share * perShare + min(share, longerShares), perShare + (share < longerShares ? 1 : 0))
    }

    /// The range of the tasks of a unit.
    package func tasks(of unit: Int, _ participants: Int) -> (first: Int, end: Int) {
        let shift = Int(bits & 0x3F)
        if shift == 0 { return (unit, unit + 1) }
        let isLast = unit + 1 == unitCount(participants)
        return (unit &<< shift, (unit + 1) &<< shift - (isLast ? Int(bits >> 32) : 0))
    }
}
