// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// What the rotary operators of com.microsoft share: attributes, and the turning itself.
struct RotaryAttributes: Sendable {
    private let isInterleaved: Bool
    private let heads: Int
    private let rotarySize: Int

    /// - Throws: `attr.value`.
    init(_ node: OperatorNode) throws(ONNXError) {
        isInterleaved = try node.flag("interleaved")
        heads = try node.int("num_heads", default: 0)
        rotarySize = try node.int("rotary_embedding_dim", default: 0)
        node.ignore("is_packed_batching")
        guard heads >= 0, rotarySize >= 0, rotarySize % 2 == 0, rotarySize == 0 || heads > 0 else {
            throw ONNXError(
                "attr.value",
                """
                num_heads is \(heads) and rotary_embedding_dim \(rotarySize); an even number of elements, and \
                num_heads with it, is expected.
                """)
        }
    }

    /// - Parameters:
    ///   - shape: of the input.
    ///   - width: of the caches' rows.
    /// - Throws: `op.shape`.
    func layout(of shape: Shape, width: Int) throws(ONNXError) -> RotaryLayout {
        try RotaryLayout(shape, heads: heads, rotarySize: rotarySize, width: width)
    }

    /// Turns all heads of all positions.
    ///
    /// - Parameters:
    ///   - cos: the rows of one cache, `width` numbers each; `sin` likewise.
    ///   - row: of the caches, for a position of a sequence of the batch.
    func turn(
        _ input: Tensor, _ layout: RotaryLayout, width: Int, cos: UnsafeBufferPointer<Float>,
        sin: UnsafeBufferPointer<Float>, row: (_ batch: Int, _ index: Int) -> Int, into output: Tensor,
        workers: WorkerPool
    ) throws(ONNXError) {
        let rotary = RotaryEmbedding(
            heads: layout.heads, headSize: layout.headSize, rotarySize: 2 * width,
            isInterleaved: isInterleaved, cos: cos, sin: sin)
        for batch in 0..<layout.batch {
            let offset = batch * layout.heads * layout.length * layout.headSize
            try rotary.apply(
                input.floats + offset, strides: layout.strides, into: output.mutableFloats + offset,
                strides: layout.strides, count: layout.length, positionIDs: { row(batch, $0) },
                workers: workers)
        }
    }
}
