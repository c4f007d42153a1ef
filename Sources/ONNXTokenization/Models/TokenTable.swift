// SPDX-License-Identifier: Apache-2.0
import ONNXJSON

/// Tokens by their bytes and by their id.
///
/// Filled while loading, read-only afterwards. The hash is seeded anew in each process, so that no file can be made
/// to collide.
///
/// A slot holds a token of up to eleven bytes itself, so that most look-ups touch one line of memory; of a longer one it
/// holds the hash.
final class TokenTable: @unchecked Sendable {
    // Safety: only the loader, which owns the table alone, calls `append` and `index`; afterwards nothing is written.
    private var slots: UnsafeMutablePointer<Slot>
    private var mask: Int
    private var arena: UnsafeMutablePointer<UInt8>
    private var arenaCount = 0
    private var arenaCapacity: Int
    private var spans: [Span]
    private(set) var count = 0
    private var touched: UInt32 = 0

    private static let chunkSize = 64
    /// How many bytes behind a token ``Key/init(padded:count:)`` may read.
    static let padding = 16

    /// One above the highest id.
    private(set) var idBound = 0

    private struct Span {
        var offset: UInt32
        /// One more than the byte length; 0 where no token has the id.
        var lengthPlusOne: UInt32
    }

    /// What a token looks like in a slot: its first eight bytes, then three more and one more than the length; or, when
    /// it is longer, its hash and a mark.
    struct Key {
        var first: UInt64
        var rest: UInt32

        static let longMark: UInt32 = 0xFF00_0000
        var isLong: Bool { rest == Self.longMark }

        @inline(__always)
        init(_ bytes: UnsafeBufferPointer<UInt8>) {
            guard let base = UnsafeRawPointer(bytes.baseAddress), bytes.count <= 11 else {
                first = bytes.isEmpty ? 0 : ByteHash.hash(bytes)
                rest = bytes.isEmpty ? 1 << 24 : Self.longMark
                return
            }
            let count = bytes.count
            var rest: UInt32 = 0
            if count >= 8 {
                first = base.loadUnaligned(as: UInt64.self)
                for index in 8..<max(count, 8) {
                    rest |=
                        UInt32(base.load(fromByteOffset: index, as: UInt8.self)) << UInt32(8 * (index - 8))
                }
            } else if count >= 4 {
                let low = UInt64(base.loadUnaligned(as: UInt32.self))
                let high = UInt64(base.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
                first = low | high << UInt64(8 * (count - 4))
            } else {
                first = 0
                for index in 0..<count {
                    first |= UInt64(base.load(fromByteOffset: index, as: UInt8.self)) << UInt64(8 * index)
                }
            }
            self.rest = rest | UInt32(count + 1) << 24
        }

        /// The same for bytes behind which sixteen more can be read, without a branch on their number.
        @inline(__always)
        init(padded base: UnsafePointer<UInt8>, count: Int) {
            guard count > 0, count <= 11 else {
                self = Key(UnsafeBufferPointer(start: base, count: count))
                return
            }
            let bytes = UnsafeRawPointer(base)
            let used = UInt64(truncatingIfNeeded: min(count, 8))
            let more = UInt32(truncatingIfNeeded: max(count, 8) &- 8)
            first = bytes.loadUnaligned(as: UInt64.self) & (UInt64.max &>> (64 &- 8 &* used))
            rest =
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self) & ((1 &<< (8 &* more)) &- 1)
                | UInt32(truncatingIfNeeded: count &+ 1) &<< 24
        }

        @inline(__always)
        var hash: UInt64 { isLong ? first : ByteHash.hash(first, UInt64(rest)) }
    }

    private struct Slot {
        var first: UInt64 = 0
        /// 0 where the slot is empty.
        var rest: UInt32 = 0
        var id: Int32 = 0
    }

    init(expectedCount: Int, expectedBytes: Int) {
        slots = LargeMemory.allocate(Slot.self, count: 1)
        slots.initialize(to: Slot())
        mask = 0
        arenaCapacity = max(4096, expectedBytes)
        arena = .allocate(capacity: arenaCapacity)
        spans = []
        spans.reserveCapacity(expectedCount)
    }

    deinit {
        LargeMemory.free(slots)
        arena.deallocate()
    }

    /// Adds a token with an id in `0..<Int32.max`; false when another token has the id.
    ///
    /// It is found by its id at once, by its bytes only after ``index()``.
    func append(_ bytes: UnsafeBufferPointer<UInt8>, id: Int) -> Bool {
        if id < idBound, spans[id].lengthPlusOne != 0 { return false }
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
        return true
    }

    /// Makes all tokens known by their bytes. Gives the id of one whose bytes a token before it has, if there is any.
    ///
    /// Memory answers slowly, and so the places of many tokens are asked for before the first of them is written.
    ///
    /// Complexity: O(bytes of all tokens).
    func index() -> Int? {
        var slotCount = 1024
        while slotCount < count * 2 { slotCount *= 2 }
        LargeMemory.free(slots)
        slots = LargeMemory.allocate(Slot.self, count: slotCount)
        slots.initialize(repeating: Slot(), count: slotCount)
        mask = slotCount - 1
        reserveArena(Self.padding)
        (arena + arenaCount).initialize(repeating: 0, count: Self.padding)
        var keys = [Key](repeating: Key(padded: arena, count: 0), count: Self.chunkSize)
        var places = [Int](repeating: 0, count: Self.chunkSize)
        for chunk in stride(from: 0, to: idBound, by: Self.chunkSize) {
            let ids = chunk..<min(chunk + Self.chunkSize, idBound)
            for id in ids where spans[id].lengthPlusOne != 0 {
                let key = Key(
                    padded: arena + Int(spans[id].offset), count: Int(spans[id].lengthPlusOne) - 1)
                keys[id - chunk] = key
                places[id - chunk] = firstPlace(of: key)
            }
            touch(places[..<ids.count])
            for id in ids where spans[id].lengthPlusOne != 0 {
                guard let bytes = bytes(of: id) else { continue }
                let key = keys[id - chunk]
                let slot = place(of: key, bytes)
                if slots[slot].rest != 0 { return id }
                slots[slot] = Slot(first: key.first, rest: key.rest, id: Int32(id))
            }
        }
        return nil
    }

    /// The id of a token, or -1.
    @inline(__always)
    func find(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
        let slot = place(of: Key(bytes), bytes)
        return slots[slot].rest == 0 ? -1 : slots[slot].id
    }

    /// Where a token is looked for first.
    @inline(__always)
    func firstPlace(of key: Key) -> Int { Int(truncatingIfNeeded: key.hash) & mask }

    /// Reads places, so that they are in the cache when tokens are looked for there.
    func touch(_ places: ArraySlice<Int>) {
        let slots = slots
        var sum: UInt32 = 0
        for place in places { sum &+= slots[place & mask].rest }
        // Kept, so that the compiler keeps the loads.
        touched = sum
    }

    /// The id of a token whose key is known, or -1.
    @inline(__always)
    func find(_ key: Key, _ bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
        let slot = place(of: key, bytes)
        return slots[slot].rest == 0 ? -1 : slots[slot].id
    }

    func find(_ bytes: [UInt8]) -> Int32 { bytes.withUnsafeBufferPointer { find($0) } }

    /// Whether the token of an id has these bytes.
    func holds(_ bytes: UnsafeBufferPointer<UInt8>, at id: Int) -> Bool {
        guard id < idBound, Int(spans[id].lengthPlusOne) - 1 == bytes.count else { return false }
        return matches(id, bytes)
    }

    /// The bytes of a token, or nil where no token has the id. They live as long as the table.
    func bytes(of id: Int) -> UnsafeBufferPointer<UInt8>? {
        guard id >= 0, id < idBound, spans[id].lengthPlusOne != 0 else { return nil }
        return UnsafeBufferPointer(
            start: arena + Int(spans[id].offset), count: Int(spans[id].lengthPlusOne) - 1)
    }

    /// The slot that holds a token, or the empty one where it would go.
    @inline(__always)
    private func place(of key: Key, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var slot = Int(truncatingIfNeeded: key.hash) & mask
        while slots[slot].rest != 0 {
            if slots[slot].first == key.first, slots[slot].rest == key.rest {
                if !key.isLong || holds(bytes, at: Int(slots[slot].id)) { break }
            }
            slot = (slot + 1) & mask
        }
        return slot
    }

    @inline(__always)
    private func matches(_ id: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = UnsafeRawPointer(bytes.baseAddress) else { return true }
        let stored = UnsafeRawPointer(arena + Int(spans[id].offset))
        let count = bytes.count
        var place = 0
        while count - place >= 8 {
            guard
                stored.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    == base.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            else { return false }
            place += 8
        }
        if count - place >= 4 {
            guard
                stored.loadUnaligned(fromByteOffset: place, as: UInt32.self)
                    == base.loadUnaligned(fromByteOffset: place, as: UInt32.self)
            else { return false }
            place += 4
        }
        while place < count {
            guard
                stored.load(fromByteOffset: place, as: UInt8.self)
                    == base.load(fromByteOffset: place, as: UInt8.self)
            else { return false }
            place += 1
        }
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
}
