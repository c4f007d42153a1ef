// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// SparseAttention: causal attention in which a query sees only the blocks of keys that a layout names.
///
/// Formula: rotary embedding of queries and keys where asked for; new keys and values join the cache; then
/// `softmax(scale · q·k) · v` over the earlier keys and the query's own in the blocks of `block_col_indices` that
/// `block_row_indices` gives the query's block. Layouts go round among the heads.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16; separate and packed projections; past tensors of any capacity.
/// - Deviations: past and present are different memory, so each step copies the cache.
struct SparseAttention: FloatOperator {
    let heads: Int
    let kvHeads: Int
    let blockSize: Int
    /// 0: 1/√(head size).
    let scale: Float
    let rotates: Bool
    let isInterleaved: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 9...11, outputs: 3...3, required: [0, 3, 4, 5, 6, 7, 8])
        heads = try node.requiredInt("num_heads")
        kvHeads = try node.requiredInt("kv_num_heads")
        blockSize = try node.requiredInt("sparse_block_size")
        scale = try node.float("scale", default: 0)
        rotates = try node.flag("do_rotary")
        isInterleaved = try node.flag("rotary_interleaved")
        guard heads > 0, heads <= 1 << 16, kvHeads > 0, heads % kvHeads == 0, scale.isFinite else {
            throw ONNXError(
                "attr.value",
                "num_heads is \(heads), kv_num_heads \(kvHeads) and scale \(scale); the first must be a multiple of the second."
            )
        }
        guard [16, 32, 64, 128].contains(blockSize) else {
            throw ONNXError("attr.value", "sparse_block_size is \(blockSize); 16, 32, 64 or 128 is expected.")
        }
        guard node.hasInput(1) == node.hasInput(2), node.hasInput(9) == node.hasInput(10),
            !rotates || node.hasInput(9)
        else {
            throw ONNXError("input.missing", "Of key and value, or cos and sin, one is missing.")
        }
    }

    /// The lengths that the inputs of one call agree on.
    struct Geometry {
        let batch: Int
        let length: Int
        let headSize: Int
        let capacity: Int
        let layouts: Int
        /// Blocks that a layout has rows for.
        let blocks: Int
        let isPacked: Bool
    }

    private func geometry(_ context: InferenceContext) throws(ONNXError) -> Geometry {
        var types: [Shape?] = []
        for index in [0, 1, 2, 3, 4, 9, 10] {
            types.append(context.hasInput(index) ? try context.input(index, oneOf: [.float32]).shape : nil)
        }
        for index in 5...8 { _ = try context.input(index, oneOf: [.int32]) }
        guard let query = types[0], let past = types[3], query.rank == 3, past.rank == 4 else {
            throw ONNXError("op.shape", "query must have three dimensions and past_key four.")
        }
        let isPacked = types[1] == nil
        let parts = isPacked ? heads + 2 * kvHeads : heads
        let size = query[2] / parts
        guard query[0] > 0, query[1] > 0, size > 0, size * parts == query[2],
            past.dimensions == [query[0], kvHeads, past[2], size], types[4] == past
        else {
            throw ONNXError(
                "op.shape",
                "query is \(query) and past_key \(past); [batch, length, \(parts) × size] and [batch, \(kvHeads), capacity, size] are expected."
            )
        }
        for index in 1...2 where !isPacked {
            guard types[index]?.dimensions == [query[0], query[1], kvHeads * size] else {
                throw ONNXError("op.shape", "key and value do not fit query \(query).")
            }
        }
        let rows = try context.input(5).shape
        let columns = try context.input(6).shape
        guard rows.rank == 2, columns.rank == 2, rows[0] == columns[0], rows[0] > 0, rows[1] > 1,
            heads % rows[0] == 0, try context.input(7).shape.elementCount == 1,
            try context.input(8).shape.dimensions == [query[0]]
        else {
            throw ONNXError(
                "op.shape",
                "block_row_indices is \(rows) and block_col_indices \(columns); one row for each layout is expected."
            )
        }
        if rotates {
            guard let cos = types[5], cos.rank == 2, cos[1] > 0, 2 * cos[1] <= size, types[6] == cos else {
                throw ONNXError("op.shape", "cos_cache and sin_cache do not fit heads of \(size).")
            }
        }
        return Geometry(
            batch: query[0], length: query[1], headSize: size, capacity: past[2], layouts: rows[0],
            blocks: rows[1] - 1, isPacked: isPacked)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let geometry = try geometry(context)
        let output = try Shape([geometry.batch, geometry.length, heads * geometry.headSize])
        let cache = try context.input(3).shape
        return [OutputPlan(.float32, output), OutputPlan(.float32, cache), OutputPlan(.float32, cache)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let query = try context.input(0).shape
        let past = try context.input(3).shape
        let rows = try context.input(5).shape
        let geometry = Geometry(
            batch: query[0], length: query[1], headSize: past[3], capacity: past[2], layouts: rows[0],
            blocks: rows[1] - 1, isPacked: !context.hasInput(1))
        let layout = try SparseLayout(
            rows: context.input(5).integers(), columns: context.input(6).integers(),
            layouts: geometry.layouts, blockSize: blockSize)
        try SparseAttentionCall(self, geometry, layout, context).run()
        withExtendedLifetime(context) {}
    }
}
