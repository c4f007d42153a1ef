// SPDX-License-Identifier: Apache-2.0
import ONNXJSON

/// For each pair of tokens that merges: its rank and what it becomes.
final class MergeTable: @unchecked Sendable {
    // Safety: only the loader, which owns the table alone, calls `insert`; afterwards nothing is written.
    private var slots: UnsafeMutablePointer<Slot>
    private var mask: Int
    private(set) var count = 0

    /// Whether a merge joins a mark to another character before it. The loader sets it.
    var crossesMark = false
    private var touched: UInt32 = 0

    private struct Slot {
        var pair: UInt64
        var rank: UInt32
        var merged: Int32
    }

    /// The rank of a pair that does not merge.
    static let noRank = UInt32.max
    private static let empty = UInt64.max

    init(expectedCount: Int) {
        var slotCount = 1024
        while slotCount < expectedCount * 2 { slotCount *= 2 }
        slots = LargeMemory.allocate(Slot.self, count: slotCount)
        slots.initialize(repeating: Slot(pair: Self.empty, rank: Self.noRank, merged: -1), count: slotCount)
        mask = slotCount - 1
    }

    deinit { LargeMemory.free(slots) }

    /// Where a pair is looked for first.
    @inline(__always)
    func firstPlace(of left: Int32, _ right: Int32) -> Int {
        Int(truncatingIfNeeded: ByteHash.hash(Self.key(left, right))) & mask
    }

    /// Reads places, so that they are in the cache when pairs are added there.
    func touch(_ places: ArraySlice<Int>) {
        let slots = slots
        var sum: UInt32 = 0
        for place in places { sum &+= slots[place & mask].rank }
        // Kept, so that the compiler keeps the loads.
        touched = sum
    }

    /// Adds a merge; of equal pairs the last one counts.
    func insert(left: Int32, right: Int32, rank: UInt32, merged: Int32) {
        let pair = Self.key(left, right)
        let place = place(of: pair)
        if slots[place].pair == Self.empty { count += 1 }
        slots[place] = Slot(pair: pair, rank: rank, merged: merged)
        if count * 2 > mask { grow() }
    }

    /// The rank of a pair, ``noRank`` where it does not merge, and the id of what it becomes.
    @inline(__always)
    func find(_ left: Int32, _ right: Int32) -> (rank: UInt32, merged: Int32) {
        let slot = slots[place(of: Self.key(left, right))]
        return (slot.rank, slot.merged)
    }

    @inline(__always)
    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    @inline(__always)
    private func place(of pair: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: ByteHash.hash(pair)) & mask
        while slots[slot].pair != pair, slots[slot].pair != Self.empty { slot = (slot + 1) & mask }
        return slot
    }

    private func grow() {
        let old = slots
        let oldCount = mask + 1
        slots = LargeMemory.allocate(Slot.self, count: oldCount * 2)
        slots.initialize(
            repeating: Slot(pair: Self.empty, rank: Self.noRank, merged: -1), count: oldCount * 2)
        mask = oldCount * 2 - 1
        for index in 0..<oldCount where old[index].pair != Self.empty {
            slots[place(of: old[index].pair)] = old[index]
        }
        LargeMemory.free(old)
    }
}
