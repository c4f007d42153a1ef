// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The cached keys, or the cached values, of one attention layer, `[batch, heads, position, headSize]`, owned by a
/// session and appended to in place.
///
/// A graph sees it as the value `past_key_values.N.key` (and, longer, as `present.N.key`). How many rows are valid
/// is the session's knowledge; the cache only has room. With a window it drops positions that no later query sees.
// Safety: owned by one session, which runs one step at a time.
package final class KVCache: @unchecked Sendable {
    /// How the positions of one head lie.
    package enum Layout: Sendable, Hashable {
        /// One after the other.
        case rows
        /// In panels of 16 positions, `[element][position]` each, so that products with one query need no sums
        /// across a vector.
        case panels
    }

    /// What a cache is made for, as the operator that reads it tells.
    package struct Format: Sendable, Hashable {
        package var layout = Layout.rows
        /// Positions that a query sees, its own included; nil: all.
        package var window: Int?

        package init(layout: Layout = .rows, window: Int? = nil) {
            self.layout = layout
            self.window = window
        }
    }

    package let batch: Int
    package let heads: Int
    package let headSize: Int
    package let type: CacheType
    package let format: Format
    /// Positions that each head has room for, from ``firstPosition`` on; a multiple of ``block``.
    package private(set) var capacity = 0
    /// The first position that the cache still has; a multiple of ``block``.
    package private(set) var firstPosition = 0
    private let memory: CacheMemory
    private var elements: CacheMemory.Part
    private var scaleElements: CacheMemory.Part

    /// Positions by which room is made and dropped.
    package static let block = 64

    /// An empty cache without room.
    ///
    /// - Parameter memory: shared with the session's other caches.
    package init(
        batch: Int, heads: Int, headSize: Int, type: CacheType = .float32, format: Format = Format(),
        memory: CacheMemory = CacheMemory()
    ) throws(ONNXError) {
        self.batch = batch
        self.heads = heads
        self.headSize = headSize
        self.type = type
        self.format = format
        self.memory = memory
        elements = try memory.part(byteCount: 0, positions: 0)
        scaleElements = elements
    }

    /// The first element of batch row 0, head 0; moves when the capacity grows.
    package var baseAddress: UnsafeMutableRawPointer { elements.baseAddress }

    /// For int8 and int16: the scales `[batch, heads, capacity]`.
    package var scales: UnsafeMutablePointer<Float>? {
        type.hasScales ? scaleElements.baseAddress.assumingMemoryBound(to: Float.self) : nil
    }

    /// Elements between neighbouring heads.
    package var headStride: Int { capacity * headSize }

    /// The bytes that the cache holds.
    package var byteCount: Int { batch * heads * capacity * type.byteCount(headSize: headSize) }

    /// Whether all positions that a query at `position` sees are still there.
    package func serves(queryAt position: Int) -> Bool {
        firstPosition == 0 || position >= firstPosition && firstSeen(from: position) >= firstPosition
    }

    /// Makes room for positions up to `rows`, keeping the first `validRows`, or of a window those that later queries
    /// see; grows by half at least, so that appending one position at a time costs O(1) amortised.
    ///
    /// - Throws: `memory.insufficient` or `tensor.overflow`; the cache is then unchanged.
    package func reserve(rows: Int, keeping validRows: Int) throws(ONNXError) {
        if validRows == 0 { firstPosition = 0 }
        guard rows - firstPosition > capacity else { return }
        let block = Self.block
        let kept = max(firstPosition, firstSeen(from: validRows) / block * block)
        let needed = (rows - kept + block - 1) / block * block
        var target = max(needed, (capacity + capacity / 2) / block * block)
        if let window = format.window {
            // As much slack as makes moving the window rare beside the work of attention.
            let enough = (window + max(rows - validRows, window / 2) + 2 * block) / block * block
            target = max(needed, min(target, enough))
            if needed <= capacity, kept - firstPosition >= min(capacity / 4, block * 4) || capacity >= enough
            {
                return drop(before: kept, keeping: validRows)
            }
        }
        try move(to: target, from: kept, keeping: validRows)
    }

    /// Gets the capacity and the first position of another cache; loses what it holds.
    func reform(as other: KVCache) throws(ONNXError) {
        try move(to: other.capacity, from: other.firstPosition, keeping: 0)
    }

    private func firstSeen(from position: Int) -> Int {
        format.window.map { max(0, position - $0 + 1) } ?? 0
    }

    /// Moves what is kept to the start of each head.
    private func drop(before kept: Int, keeping validRows: Int) {
        copyHeads(to: elements, capacity, kept: kept, validRows)
        copyScales(to: scaleElements, capacity, kept: kept, validRows)
        firstPosition = kept
    }

    private func move(to newCapacity: Int, from kept: Int, keeping validRows: Int) throws(ONNXError) {
        let shape = try Shape([batch, heads, newCapacity, headSize])
        let byteCount =
            try ElementType.float32.byteCount(forElements: shape.elementCount) / 4 * type.elementByteCount
        let newElements = try memory.part(byteCount: byteCount, positions: newCapacity)
        let scaleBytes = type.hasScales ? batch * heads * newCapacity * MemoryLayout<Float>.stride : 0
        let newScales = try memory.part(byteCount: scaleBytes, positions: newCapacity)
        copyHeads(to: newElements, newCapacity, kept: kept, validRows)
        copyScales(to: newScales, newCapacity, kept: kept, validRows)
        elements = newElements
        scaleElements = newScales
        capacity = newCapacity
        firstPosition = kept
    }

    private func copyHeads(to target: CacheMemory.Part, _ targetCapacity: Int, kept: Int, _ validRows: Int) {
        let rowBytes = headSize * type.elementByteCount
        copy(elements, target, targetCapacity, rowBytes: rowBytes, kept: kept, validRows)
    }

    private func copyScales(to target: CacheMemory.Part, _ targetCapacity: Int, kept: Int, _ validRows: Int) {
        guard type.hasScales else { return }
        let rowBytes = MemoryLayout<Float>.stride
        copy(scaleElements, target, targetCapacity, rowBytes: rowBytes, kept: kept, validRows)
    }

    /// Copies whole blocks, which panels need.
    private func copy(
        _ source: CacheMemory.Part, _ target: CacheMemory.Part, _ targetCapacity: Int, rowBytes: Int,
        kept: Int, _ validRows: Int
    ) {
        let last = min((validRows + Self.block - 1) / Self.block * Self.block, firstPosition + capacity)
        guard last > kept else { return }
        for head in 0..<batch * heads {
            let from = (head * capacity + kept - firstPosition) * rowBytes
            memmove(
                target.baseAddress + head * targetCapacity * rowBytes, source.baseAddress + from,
                (last - kept) * rowBytes)
        }
    }
}
