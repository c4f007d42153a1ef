// SPDX-License-Identifier: Apache-2.0

/// The ids of words met before, by their bytes.
///
/// Bounded: when full it forgets everything. One encoder uses it at a time; see ``WordCachePool``.
final class WordCache {
    private var slots = [Entry](repeating: Entry(), count: WordCache.slotCount)
    private var arena: [UInt8] = []
    private var ids: [Int32] = []
    private var count = 0

    private struct Entry {
        var hash: UInt32 = 0
        var textOffset: UInt32 = 0
        var idOffset: UInt32 = 0
        var textCount: UInt16 = 0
        var idCount: UInt16 = 0
    }

    private static let slotCount = 1 << 16

    /// Words longer than this are not kept.
    static let longestWord = 128

    /// Symbols and scratch space of the encoder that holds the cache.
    var queue = MergeQueue()
    var spelling: [UInt8] = []
    var arrivals: [UnigramModel.Arrival] = []
    var spans: [(start: Int, end: Int, id: Int32, isUnknown: Bool)] = []

    /// How many characters of the current word had no token at all.
    var leftOut = 0

    /// Appends the ids of a word that is known; false where it is not.
    @inline(__always)
    func appendIDs(of word: UnsafeBufferPointer<UInt8>, hash: UInt64, to result: inout [Int]) -> Bool {
        slots.withUnsafeBufferPointer { slots in
            var slot = Int(truncatingIfNeeded: hash) & (Self.slotCount - 1)
            let tag = UInt32(truncatingIfNeeded: hash >> 32)
            while slots[slot].textCount != 0 {
                let entry = slots[slot]
                if entry.hash == tag, Int(entry.textCount) == word.count, isEqual(entry, word) {
                    for index in Int(entry.idOffset)..<Int(entry.idOffset) + Int(entry.idCount) {
                        result.append(Int(ids[index]))
                    }
                    return true
                }
                slot = (slot + 1) & (Self.slotCount - 1)
            }
            return false
        }
    }

    /// Keeps the ids of a word of 1...``longestWord`` bytes that is not known yet.
    func insert(_ word: UnsafeBufferPointer<UInt8>, hash: UInt64, ids new: ArraySlice<Int>) {
        if count > Self.slotCount / 2 {
            slots = [Entry](repeating: Entry(), count: Self.slotCount)
            arena.removeAll(keepingCapacity: true)
            ids.removeAll(keepingCapacity: true)
            count = 0
        }
        var slot = Int(truncatingIfNeeded: hash) & (Self.slotCount - 1)
        while slots[slot].textCount != 0 { slot = (slot + 1) & (Self.slotCount - 1) }
        slots[slot] = Entry(
            hash: UInt32(truncatingIfNeeded: hash >> 32), textOffset: UInt32(arena.count),
            idOffset: UInt32(ids.count), textCount: UInt16(word.count), idCount: UInt16(new.count))
        arena.append(contentsOf: word)
        for id in new { ids.append(Int32(truncatingIfNeeded: id)) }
        count += 1
    }

    @inline(__always)
    private func isEqual(_ entry: Entry, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        arena.withUnsafeBufferPointer { arena in
            let start = Int(entry.textOffset)
            for index in 0..<word.count where arena[start + index] != word[index] { return false }
            return true
        }
    }
}
