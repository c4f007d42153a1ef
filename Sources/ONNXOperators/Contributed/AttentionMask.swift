// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// The int32 mask of MultiHeadAttention and Attention: which keys a query may not see.
struct AttentionMask {
    private enum Kind {
        /// Elements 0..<B: keys from there on are padding.
        case ends
        /// Elements 0..<B: ends; B..<2B: the first keys that are not padding.
        case endsAndStarts
        /// `[B, keys]`: 0 where a key is padding.
        case keys
        /// `[B, queries, keys]`: 0 where a query may not see a key.
        case pairs
    }

    private let kind: Kind
    private let tensor: Tensor
    private let batch: Int
    private let queries: Int
    private let keys: Int

    /// Checks a mask's type and shape.
    ///
    /// - Throws: `op.shape`.
    static func check(_ type: TensorType, batch: Int, queries: Int, keys: Int, allowsStarts: Bool)
        throws(ONNXError)
    {
        guard type.elementType == .int32,
            kind(type.shape, batch: batch, queries: queries, keys: keys, allowsStarts: allowsStarts) != nil
        else {
            throw ONNXError(
                "op.shape",
                """
                The mask is \(type); int32 of shape [\(batch)], [\(3 * batch + 2)], [\(batch), \(keys)] or \
                [\(batch), \(queries), \(keys)] is expected.
                """)
        }
    }

    private static func kind(
        _ shape: Shape, batch: Int, queries: Int, keys: Int, allowsStarts: Bool
    ) -> Kind? {
        switch shape.dimensions {
        case [batch], [3 * batch + 2]: .ends
        case [2 * batch] where allowsStarts: .endsAndStarts
        case [batch, keys]: .keys
        case [batch, queries, keys]: .pairs
        default: nil
        }
    }

    /// A mask that ``check(_:batch:queries:keys:allowsStarts:)`` has passed.
    init?(_ tensor: Tensor, batch: Int, queries: Int, keys: Int, allowsStarts: Bool) {
        guard
            let kind = Self.kind(
                tensor.shape, batch: batch, queries: queries, keys: keys, allowsStarts: allowsStarts)
        else { return nil }
        self.kind = kind
        self.tensor = tensor
        self.batch = batch
        self.queries = queries
        self.keys = keys
    }

    /// Adds `filter` to the scores `[queries, keys]` of what a batch row may not see.
    func apply(_ filter: Float, row: Int, to scores: UnsafeMutablePointer<Float>) {
        for query in 0..<queries {
            for key in 0..<keys where hides(key, from: query, row: row) {
                scores[query * keys + key] += filter
            }
        }
    }

    private func hides(_ key: Int, from query: Int, row: Int) -> Bool {
        switch kind {
        case .ends: key >= tensor.int32(at: row)
        case .endsAndStarts: key >= tensor.int32(at: row) || key < tensor.int32(at: batch + row)
        case .keys: tensor.int32(at: row * keys + key) <= 0
        case .pairs: tensor.int32(at: (row * queries + query) * keys + key) <= 0
        }
    }
}
