// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension KVCache {
    /// Takes over the first `validRows` positions of another cache of the same form.
    ///
    /// - Parameter commonRows: positions from the first on that are the same in both already; they are not copied
    ///   again where both lie alike.
    /// - Throws: `memory.insufficient` or `tensor.overflow`; the cache is then unchanged.
    package func take(_ validRows: Int, of other: KVCache, sharing commonRows: Int) throws(ONNXError) {
        var from = max(firstPosition, commonRows / Self.block * Self.block)
        if firstPosition != other.firstPosition || capacity != other.capacity {
            try reform(as: other)
            from = firstPosition
        }
        let blocks = (validRows + Self.block - 1) / Self.block * Self.block
        let last = min(blocks, firstPosition + capacity)
        guard last > from else { return }
        for head in 0..<batch * heads {
            let row = head * capacity + from - firstPosition
            let bytes = headSize * type.elementByteCount
            memcpy(baseAddress + row * bytes, other.baseAddress + row * bytes, (last - from) * bytes)
            if let scales, let source = other.scales {
                memcpy(scales + row, source + row, (last - from) * MemoryLayout<Float>.stride)
            }
        }
    }
}
