// SPDX-License-Identifier: Apache-2.0

/// Tokens by their bytes and by their id.
///
/// Filled while loading, read-only afterwards. The hash is seeded anew in each process, so that no file can be made
/// to collide.
final class TokenTable: @unchecked Sendable {
    // Safety: only the loader, which owns the table alone, calls `insert`; afterwards nothing is written.
    private var slots: UnsafeMutablePointer<UInt64>
    private var mask: Int
    private var arena: UnsafeMutablePointer<UInt8>
    private var arenaCount = 0
    private var arenaCapacity: Int
    private var spans: [Span]
    private(set) var count = 0

    /// One above the highest id.
    private(set) var idBound = 0

    private struct Span {
        var offset: UInt32
        /// One more than the byte length; 0 where no token has the id.
        var lengthPlusOne: UInt32
    }

    init(expectedCount: Int, expectedBytes: Int) {
        var slotCount = 1024
        while slotCount < expectedCount * 2 { slotCount *= 2 }
        slots = .allocate(capacity: slotCount)
        slots.initialize(repeating: 0, count: slotCount)
        mask = slotCount - 1
        arenaCapacity = max(4096, expectedBytes)
        arena = .allocate(capacity: arenaCapacity)
        spans = []
        spans.reserveCapacity(expectedCount)
    }

    deinit {
        slots.deallocate()
        arena.deallocate()
    }

    /// What became of an insertion.
    enum Insertion {
        case inserted, duplicateToken
        case duplicateID(Int)
    }

    /// Adds a token with an id in `0..<Int32.max`.
    func insert(_ bytes: UnsafeBufferPointer<UInt8>, id: Int) -> Insertion {
        if id < idBound, spans[id].lengthPlusOne != 0 { return .duplicateID(id) }
        let hash = ByteHash.hash(bytes)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if matches(slots[slot], hash, bytes) { return .duplicateToken }
            slot = (slot + 1) & mask
        }
        slots[slot] = hash & ~0xFFFF_FFFF | UInt64(id + 1)
        reserveArena(bytes.count)
        if let start = bytes.baseAddress {
            (arena + arenaCount).initialize(from: start, count: bytes.count)
        }
        while idBound <= id {
            spans.append(Span(offset: 0, lengthPlusOne: 0))
            idBound += 1
        }
        spans[id] = Span(offset: UInt32(arenaCount), lengthPlusOne: UInt32(bytes.count + 1))
        arenaCount += bytes.count
        count += 1
        if count * 2 > mask { grow() }
        return .inserted
    }

    /// The id of a token, or -1.
    @inline(__always)
    func find(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
        let hash = ByteHash.hash(bytes)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if matches(slots[slot], hash, bytes) { return Int32(slots[slot] & 0xFFFF_FFFF) - 1 }
            slot = (slot + 1) & mask
        }
        return -1
    }

    func find(_ bytes: [UInt8]) -> Int32 { bytes.withUnsafeBufferPointer { find($0) } }

    /// The bytes of a token, or nil where no token has the id. They live as long as the table.
    func bytes(of id: Int) -> UnsafeBufferPointer<UInt8>? {
        guard id >= 0, id < idBound, spans[id].lengthPlusOne != 0 else { return nil }
        return UnsafeBufferPointer(
            start: arena + Int(spans[id].offset), count: Int(spans[id].lengthPlusOne) - 1)
    }

    @inline(__always)
    private func matches(_ slot: UInt64, _ hash: UInt64, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard slot >> 32 == hash >> 32 else { return false }
        let span = spans[Int(slot & 0xFFFF_FFFF) - 1]
        guard Int(span.lengthPlusOne) - 1 == bytes.count else { return false }
        let stored = arena + Int(span.offset)
        for index in 0..<bytes.count where stored[index] != bytes[index] { return false }
        return true
    }

    private func reserveArena(_ more: Int) {
        guard arenaCount + more > arenaCapacity else { return }
        let capacity = max(arenaCapacity * 2, arenaCount + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.initialize(from: arena, count: arenaCount)
        arena.deallocate()
        arena = larger
        arenaCapacity = capacity
    }

    private func grow() {
        let slotCount = (mask + 1) * 2
        let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: slotCount)
        larger.initialize(repeating: 0, count: slotCount)
        for id in 0..<idBound where spans[id].lengthPlusOne != 0 {
            guard let bytes = bytes(of: id) else { continue }
            let hash = ByteHash.hash(bytes)
            var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
            while larger[slot] != 0 { slot = (slot + 1) & (slotCount - 1) }
            larger[slot] = hash & ~0xFFFF_FFFF | UInt64(id + 1)
        }
        slots.deallocate()
        slots = larger
        mask = slotCount - 1
    }
}
