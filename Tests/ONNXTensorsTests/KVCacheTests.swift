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

    /// Caches of one session, of lengths with memory of their own, in common, and of their own again, keep apart.
    @Test(arguments: CacheType.allCases) func cachesSideBySideKeepApart(type: CacheType) throws {
        let memory = CacheMemory()
        let caches = try (0..<16).map { _ in
            try KVCache(batch: 1, heads: 2, headSize: 32, type: type, memory: memory)
        }
        var rows = 0
        for longer in [100, 600, 2000, 10_000] {
            for (index, cache) in caches.enumerated() {
                try cache.reserve(rows: longer, keeping: rows)
                let rowBytes = 32 * type.elementByteCount
                for head in 0..<2 {
                    let mark = UInt8(index * 2 + head)
                    let bytes = cache.baseAddress + head * cache.capacity * rowBytes
                    let old = UnsafeRawBufferPointer(start: bytes, count: rows * rowBytes)
                    #expect(old.allSatisfy { $0 == mark })
                    bytes.initializeMemory(as: UInt8.self, repeating: mark, count: longer * rowBytes)
                    let scales = cache.scales.map { $0 + head * cache.capacity }
                    #expect(scales.map { s in (0..<rows).allSatisfy { s[$0] == Float(mark) } } ?? true)
                    scales?.update(repeating: Float(mark), count: longer)
                }
            }
            rows = longer
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
