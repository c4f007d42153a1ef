// SPDX-License-Identifier: Apache-2.0

/// Element types of the key/value caches that sessions keep.
public enum CacheType: String, Sendable, Hashable, CaseIterable {
    /// Exact: as the graph computes them.
    case float32
    /// Half the memory; 11 significant bits.
    case float16
    /// A quarter of the memory: 8 bits, with one float32 scale for each position of each head.
    case int8

    /// Bytes of one element, scales not counted.
    package var elementByteCount: Int {
        switch self {
        case .float32: 4
        case .float16: 2
        case .int8: 1
        }
    }

    /// Bytes of one position of one head.
    package func byteCount(headSize: Int) -> Int {
        headSize * elementByteCount + (self == .int8 ? MemoryLayout<Float>.stride : 0)
    }
}
