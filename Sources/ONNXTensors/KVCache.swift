// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

/// The cached keys, or the cached values, of one attention layer: `[batch, heads, capacity, headSize]` in float32,
/// owned by a session and appended to in place.
///
/// A graph sees it as the value `past_key_values.N.key` (and, longer, as `present.N.key`). How many rows are valid
/// is the session's knowledge; the cache only has room.
// Safety: owned by one session, which runs one step at a time.
package final class KVCache: @unchecked Sendable {
    package let batch: Int
    package let heads: Int
    package let headSize: Int
    /// Positions that each head has room for.
    package private(set) var capacity: Int
    private var storage: HeapStorage

    /// An empty cache without room.
    package init(batch: Int, heads: Int, headSize: Int) throws(ONNXError) {
        self.batch = batch
        self.heads = heads
        self.headSize = headSize
        self.capacity = 0
        self.storage = try HeapStorage(byteCount: 0)
    }

    /// The first element of `[0, 0, 0, 0]`; moves when the capacity grows.
    package var baseAddress: UnsafeMutablePointer<Float> {
        storage.baseAddress.assumingMemoryBound(to: Float.self)
    }

    /// Elements between the same position of neighbouring heads.
    package var headStride: Int { capacity * headSize }

    /// Elements between neighbouring batch rows.
    package var batchStride: Int { heads * headStride }

    /// The bytes that the cache holds.
    package var byteCount: Int { batch * batchStride * MemoryLayout<Float>.stride }

    /// Makes room for `rows` positions, keeping the first `validRows` of each head; grows by half at least, so that
    /// appending one position at a time costs O(1) amortised.
    ///
    /// - Throws: `memory.insufficient` or `tensor.overflow`; the cache is then unchanged.
    package func reserve(rows: Int, keeping validRows: Int, limit: Int = .max) throws(ONNXError) {
        guard rows > capacity else { return }
        let grown = min(limit, max(rows, capacity + capacity / 2, 64))
        let newCapacity = max(rows, grown)
        let shape = try Shape([batch, heads, newCapacity, headSize])
        let byteCount = try ElementType.float32.byteCount(forElements: shape.elementCount)
        let newStorage = try HeapStorage(byteCount: byteCount)
        let source = storage.baseAddress
        let rowBytes = headSize * MemoryLayout<Float>.stride
        for head in 0..<batch * heads where validRows > 0 {
            newStorage.baseAddress.advanced(by: head * newCapacity * rowBytes).copyMemory(
                from: source.advanced(by: head * capacity * rowBytes),
                byteCount: min(validRows, capacity) * rowBytes)
        }
        storage = newStorage
        capacity = newCapacity
    }
}
