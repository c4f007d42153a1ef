// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// The sizes of one call of ``StandardAttention``, checked.
struct StandardAttentionSizes {
    let isPacked: Bool
    let batches: Int
    let heads: Int
    let keyHeads: Int
    let queries: Int
    /// Keys before those of this call.
    let past: Int
    /// Keys in all.
    let keys: Int
    let headSize: Int
    let valueSize: Int

    init(_ attention: StandardAttention, _ context: InferenceContext) throws(ONNXError) {
        try self.init(
            attention, query: try context.input(0).shape, key: try context.input(1).shape,
            value: try context.input(2).shape, pastKey: context.optionalInput(4)?.shape,
            pastValue: context.optionalInput(5)?.shape)
    }

    init(_ attention: StandardAttention, _ context: RunContext) throws(ONNXError) {
        try self.init(
            attention, query: try context.input(0).shape, key: try context.input(1).shape,
            value: try context.input(2).shape, pastKey: context.optionalInput(4)?.shape,
            pastValue: context.optionalInput(5)?.shape)
    }

    private init(
        _ attention: StandardAttention, query: Shape, key: Shape, value: Shape, pastKey: Shape?,
        pastValue: Shape?
    ) throws(ONNXError) {
        let q = try Self.heads(query, attention.queryHeads)
        let k = try Self.heads(key, attention.keyHeads)
        let v = try Self.heads(value, attention.keyHeads)
        isPacked = query.rank == 3
        guard query.rank == key.rank, query.rank == value.rank, key[0] == query[0], value[0] == query[0],
            k.heads == v.heads, k.rows == v.rows, k.size == q.size, k.heads > 0, q.size > 0,
            q.heads % k.heads == 0
        else {
            throw ONNXError(
                "op.shape", "Queries \(query), keys \(key) and values \(value) do not suit each other.")
        }
        batches = query[0]
        heads = q.heads
        keyHeads = k.heads
        queries = q.rows
        headSize = q.size
        valueSize = v.size
        past = pastKey.map { $0.rank == 4 ? $0[2] : -1 } ?? 0
        guard (pastKey == nil) == (pastValue == nil),
            pastKey.map({ $0.dimensions == [query[0], k.heads, $0.rank == 4 ? $0[2] : -1, q.size] }) ?? true,
            pastValue.map({ [past] in $0.dimensions == [query[0], k.heads, past, v.size] }) ?? true
        else {
            throw ONNXError(
                "op.shape",
                "The past has shapes \(pastKey?.description ?? "none") and \(pastValue?.description ?? "none"); [\(query[0]), \(k.heads), past, \(q.size) and \(v.size)] are expected."
            )
        }
        let (total, overflow) = past.addingReportingOverflow(k.rows)
        guard !overflow else { throw ONNXError("tensor.overflow", "The keys do not fit in 64 bits.") }
        keys = total
    }

    private static func heads(
        _ shape: Shape, _ heads: Int?
    ) throws(ONNXError) -> (heads: Int, rows: Int, size: Int) {
        if shape.rank == 4 { return (shape[1], shape[2], shape[3]) }
        guard shape.rank == 3, let heads, heads > 0, shape[2] % heads == 0 else {
            throw ONNXError(
                "op.shape",
                "A tensor of shape \(shape) with \(heads.map(String.init) ?? "no number of") heads is not supported."
            )
        }
        return (heads, shape[1], shape[2] / heads)
    }

    var outputDimensions: [Int] {
        isPacked ? [batches, queries, heads * valueSize] : [batches, heads, queries, valueSize]
    }
    var keyDimensions: [Int] { [batches, keyHeads, keys, headSize] }
    var valueDimensions: [Int] { [batches, keyHeads, keys, valueSize] }
    var scoreDimensions: [Int] { [batches, heads, queries, keys] }

    /// How heads lie in a tensor of this call.
    func layout(_ heads: Int, _ rows: Int, _ size: Int) -> HeadLayout {
        isPacked
            ? HeadLayout(rows: rows, interleavedHeads: heads, size: size)
            : HeadLayout(heads: heads, rows: rows, size: size)
    }

    /// Strides of a mask for batch, head, query and key; its last dimension may be shorter than the keys.
    ///
    /// - Throws: `op.broadcast`.
    func maskStrides(_ mask: Shape) throws(ONNXError) -> [Int] {
        guard let length = mask.dimensions.last, length <= keys, mask.rank <= 4 else {
            throw ONNXError(
                "op.broadcast", "A mask of shape \(mask) does not suit scores of shape \(scoreDimensions).")
        }
        let target = try Shape([batches, heads, queries, length])
        guard try Shape.broadcast([mask, target]) == target else {
            throw ONNXError(
                "op.broadcast", "A mask of shape \(mask) does not suit scores of shape \(scoreDimensions).")
        }
        return mask.strides(broadcastTo: target)
    }
}
