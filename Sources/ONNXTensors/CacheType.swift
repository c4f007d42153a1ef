// SPDX-License-Identifier: Apache-2.0

/// Element types of the key/value caches that sessions keep.
///
///     var options = LoadOptions()
///     options.cacheType = .int8
///     for type in [CacheType.float32, .float16, .bfloat16, .int16, .int8] {
///         print(type, type == options.cacheType ? "chosen" : "possible")
///     }
public enum CacheType: String, Sendable, Hashable, CaseIterable {
    /// Exact: as the graph computes them.
    case float32
    /// Half the memory; 11 significant bits.
    case float16
    /// A quarter of the memory: 8 bits, with one float32 scale for each position of each head.
    case int8
    /// Half the memory, and a scale for each position of each head; 15 bits for keys, 13 for values. Processors with
    /// AVX-512 VNNI multiply it in integers, which makes attention of long prompts about 1.7 times as fast.
    case int16
    /// Half the memory; 8 significant bits. Processors with AMX multiply it in tiles, which makes attention of long prompts
    /// twice as fast as int16 does.
    case bfloat16

    /// Bytes of one element, scales not counted.
    package var elementByteCount: Int {
        switch self {
        case .float32: 4
        case .float16, .int16, .bfloat16: 2
        case .int8: 1
        }
    }

    /// Whether each position of each head has a float32 scale.
    package var hasScales: Bool { self == .int8 || self == .int16 }

    /// Bytes of one position of one head.
    package func byteCount(headSize: Int) -> Int {
        headSize * elementByteCount + (hasScales ? MemoryLayout<Float>.stride : 0)
    }
}
