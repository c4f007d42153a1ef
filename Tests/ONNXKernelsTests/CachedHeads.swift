// SPDX-License-Identifier: Apache-2.0
import ONNXKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Heads of a cache, filled by the reference kernel, and the numbers that it then holds.
final class CachedHeads {
    let cache: Attention.Cache
    /// `[head][position][element]`, as the cache gives them back.
    let floats: [Float]
    private let memory: GuardedMemory<UInt8>
    private let scales: GuardedMemory<Float>

    init(
        _ source: [Float], heads: Int, total: Int, headSize: Int, type: Attention.CacheType, isPanelled: Bool
    ) {
        let capacity = isPanelled || type.liesInPairs ? (total + 63) / 64 * 64 : total
        let bytes = heads * capacity * headSize * type.byteCount
        // What nobody wrote is NaN.
        let memory = GuardedMemory([UInt8](repeating: 0xFF, count: bytes))
        let scales = GuardedMemory([Float](repeating: .nan, count: heads * capacity))
        var floats = source
        for head in 0..<heads {
            let start = head * total * headSize
            source.withUnsafeBufferPointer { buffer in
                KernelSet.reference.storeCacheRows(
                    buffer.baseAddress! + start, stride: headSize, rows: total, headSize: headSize,
                    into: memory.base + head * capacity * headSize * type.byteCount,
                    scales: scales.base + head * capacity, first: 0, type: type, isPanelled: isPanelled)
            }
            for position in 0..<total {
                for element in 0..<headSize {
                    let place =
                        type.liesInPairs
                        ? Self.placeInPairs(position, element, headSize, isPanelled)
                        : isPanelled
                            ? (position / 16 * headSize + element) * 16 + position % 16
                            : position * headSize + element
                    let index = head * capacity * headSize + place
                    let raw = memory.raw.baseAddress!
                    floats[start + position * headSize + element] =
                        switch type {
                        case .float32: raw.load(fromByteOffset: index * 4, as: Float.self)
                        case .float16:
                            Self.float(half: raw.load(fromByteOffset: index * 2, as: UInt16.self))
                        case .bfloat16:
                            Float(
                                bitPattern: UInt32(raw.load(fromByteOffset: index * 2, as: UInt16.self)) << 16
                            )
                        case .int16:
                            Float(raw.load(fromByteOffset: index * 2, as: Int16.self))
                                * scales.base[head * capacity + position]
                        case .int8:
                            Float(raw.load(fromByteOffset: index, as: Int8.self))
                                * scales.base[head * capacity + position]
                        }
                }
            }
        }
        self.memory = memory
        self.scales = scales
        self.floats = floats
        var cache = Attention.Cache(base: memory.base, headStride: capacity * headSize, rowStride: headSize)
        cache.isPanelled = isPanelled
        cache.scales = scales.base
        cache.scaleStride = capacity
        self.cache = cache
    }

    private static func placeInPairs(_ position: Int, _ element: Int, _ size: Int, _ isPanelled: Bool) -> Int
    {
        if !isPanelled { return (position / 2 * size + element) * 2 + position % 2 }
        let panel = position / 16 * size * 16
        if element == size - 1 && size % 2 == 1 { return panel + element * 16 + position % 16 }
        return panel + element / 2 * 32 + position % 16 * 2 + element % 2
    }

    private static func float(half bits: UInt16) -> Float {
        let exponent = Int(bits >> 10 & 31)
        let fraction = Float(bits & 1023) + (exponent == 0 ? 0 : 1024)
        let magnitude = Float(scalbn(Double(fraction), max(1, exponent) - 25))
        return bits >> 15 == 0 ? magnitude : -magnitude
    }
}
