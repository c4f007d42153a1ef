// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import Testing

@Suite struct KVCacheTests {
    /// Growing keeps every byte of the valid blocks.
    @Test(arguments: CacheType.allCases) func growingKeepsWhatIsThere(type: CacheType) throws {
        let cache = try KVCache(batch: 2, heads: 3, headSize: 5, type: type)
        try cache.reserve(rows: 64, keeping: 0)
        let headBytes = 64 * 5 * type.elementByteCount
        for head in 0..<6 {
            let bytes = cache.baseAddress + head * headBytes
            bytes.initializeMemory(as: UInt8.self, repeating: UInt8(head + 1), count: headBytes)
            for row in 0..<64 { cache.scales?[head * 64 + row] = Float(head * 100 + row) }
        }
        try cache.reserve(rows: 65, keeping: 64)
        #expect(cache.capacity == 128)
        for head in 0..<6 {
            let bytes = UnsafeRawBufferPointer(
                start: cache.baseAddress + head * 2 * headBytes, count: headBytes)
            #expect(bytes.allSatisfy { $0 == UInt8(head + 1) })
            if let scales = cache.scales {
                #expect((0..<64).allSatisfy { scales[head * 128 + $0] == Float(head * 100 + $0) })
            }
        }
    }

    /// Appending one position at a time moves the whole cache few times.
    @Test(arguments: [nil, 100, 1000]) func growthIsAmortised(window: Int?) throws {
        let cache = try KVCache(batch: 1, heads: 1, headSize: 4, format: .init(window: window))
        var moves = 0
        for rows in 1...20_000 {
            let before = (cache.capacity, cache.firstPosition)
            try cache.reserve(rows: rows, keeping: rows - 1)
            if before != (cache.capacity, cache.firstPosition) { moves += 1 }
            #expect(rows <= cache.firstPosition + cache.capacity)
            #expect(cache.serves(queryAt: rows - 1))
        }
        // A window moves once in a good part of its length, at least a block.
        #expect(moves <= (window.map { 20_000 / max(64, $0 / 4) + 20 } ?? 20))
        if let window { #expect(cache.capacity <= window + window / 2 + 3 * KVCache.block) }
    }

    @Test func anEmptiedCacheBeginsAnew() throws {
        let cache = try KVCache(batch: 1, heads: 1, headSize: 4, format: .init(window: 10))
        for rows in 1...500 { try cache.reserve(rows: rows, keeping: rows - 1) }
        #expect(cache.firstPosition > 0)
        try cache.reserve(rows: 3, keeping: 0)
        #expect(cache.firstPosition == 0)
    }
}
