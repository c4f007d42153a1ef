// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

extension Attention {
    /// Element types of a cache.
    package enum CacheType: Int32, Sendable, Hashable {
        case float32 = 0
        case float16 = 1
        /// With a float32 scale for each position of each head.
        case int8 = 2
        /// The same in 16 bits, with neighbours in pairs; keys always in panels.
        case int16 = 3
        /// With neighbours in pairs; keys always in panels.
        case bfloat16 = 4

        package var byteCount: Int {
            switch self {
            case .float32: 4
            case .float16, .int16, .bfloat16: 2
            case .int8: 1
            }
        }

        package var hasScales: Bool { self == .int8 || self == .int16 }

        /// Whether two elements of a key, and the values of two positions, lie side by side.
        package var liesInPairs: Bool { self == .int16 || self == .bfloat16 }
    }

    /// A cache of keys or of values.
    ///
    /// Head h begins at element `h * headStride`. Its positions are rows `rowStride` elements apart; or, of keys, they
    /// lie in panels of 16 positions, `[element][position]` each, with room for a multiple of 64 positions.
    package struct Cache {
        package var base: UnsafeRawPointer
        package var headStride: Int
        package var rowStride: Int
        package var isPanelled = false
        /// The position of the first row; a multiple of 64.
        package var firstPosition = 0
        /// For int8 and int16: element `[h * scaleStride + row]`.
        package var scales: UnsafeMutablePointer<Float>?
        package var scaleStride = 0

        package init(base: UnsafeRawPointer, headStride: Int, rowStride: Int) {
            self.base = base
            self.headStride = headStride
            self.rowStride = rowStride
        }
    }

    /// What is done to each head of queries or keys before they meet: root mean square norm, then rotary embedding.
    package struct HeadPreparation {
        /// `[headSize]`; nil: no norm.
        package var normWeight: UnsafePointer<Float>?
        package var normEpsilon: Float = 0
        package var rotary: RotaryEmbedding?
        /// The row of the rotary caches for each position; nil: ``firstRotaryRow`` and the following.
        package var rotaryRows: UnsafePointer<Int64>?
        package var firstRotaryRow = 0

        package init() {}

        var isEmpty: Bool { normWeight == nil && rotary == nil }
    }

    /// Keys and values of new positions, `first ..< first + count`, as they come from their projections.
    package struct NewRows {
        package var keys: UnsafePointer<Float>
        package var values: UnsafePointer<Float>
        package var strides: RotaryEmbedding.Strides
        package var first: Int
        package var count: Int
        package var keyPreparation = HeadPreparation()

        package init(
            keys: UnsafePointer<Float>, values: UnsafePointer<Float>, strides: RotaryEmbedding.Strides,
            first: Int, count: Int
        ) {
            self.keys = keys
            self.values = values
            self.strides = strides
            self.first = first
            self.count = count
        }
    }
}
