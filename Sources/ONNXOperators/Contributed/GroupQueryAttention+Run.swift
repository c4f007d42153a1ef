// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

extension GroupQueryAttention {
    func run(_ context: RunContext) throws(ONNXError) {
        if let cacheCode { return try run(context, cacheCode) }
        let call = try GroupQueryAttentionCall(self, context)
        // All rows are checked before the cache is touched.
        for row in 0..<call.batch { _ = try call.span(row) }
        for row in 0..<call.batch { try call.run(row, call.span(row)) }
        withExtendedLifetime(context) {}
    }
}

/// One run of a ``GroupQueryAttention``: where everything lies, and the work for one batch row.
///
/// The context holds the tensors, and so the memory, for as long as the run lasts.
struct GroupQueryAttentionCall {
    typealias Input = GroupQueryAttention.Input
    typealias Strides = ONNXKernels.RotaryEmbedding.Strides

    let operation: GroupQueryAttention
    let context: RunContext
    let batch: Int
    /// New positions of a row, padding included.
    let length: Int
    /// The first of them that there is a result for.
    let firstQuery: Int
    let headSize: Int
    let total: Int

    let query: UnsafePointer<Float>
    let key: UnsafePointer<Float>
    let value: UnsafePointer<Float>
    let queryStride: Int
    let keyStride: Int
    private let memory: GroupQueryAttentionMemory

    init(_ operation: GroupQueryAttention, _ context: RunContext) throws(ONNXError) {
        let queryTensor = try context.input(Input.query)
        let isPacked = context.optionalInput(Input.key) == nil
        let heads = operation.heads
        let kvHeads = operation.kvHeads
        batch = queryTensor.shape[0]
        length = queryTensor.shape[1]
        firstQuery = length - (try context.output(0).shape[1])
        headSize = queryTensor.shape[2] / (isPacked ? heads + 2 * kvHeads : heads)
        total = try GroupQueryAttention.totalLength(try context.input(Input.totalLength))
        query = queryTensor.floats
        if isPacked {
            queryStride = (heads + 2 * kvHeads) * headSize
            keyStride = queryStride
            key = query + heads * headSize
            value = query + (heads + kvHeads) * headSize
        } else {
            queryStride = heads * headSize
            keyStride = kvHeads * headSize
            key = try context.input(Input.key).floats
            value = try context.input(Input.value).floats
        }
        self.operation = operation
        self.context = context
        memory = try GroupQueryAttentionMemory(
            operation, context, batch: batch, length: length, headSize: headSize)
    }

    /// The positions of one batch row.
    struct Span {
        /// Positions before the new ones.
        let past: Int
        /// New positions, without padding.
        let new: Int
        /// New rows that are written to the cache, padding included where there is room.
        let written: Int
        /// Rows of the cache that hold the past: fewer than ``past`` where a windowed cache has dropped some.
        let resident: Int

        var total: Int { past + new }
    }

    private var isFirstPrompt: Bool { length == total && !context.hasInput(Input.queryLengths) }

    /// The positions of a row, checked against every buffer that they index.
    ///
    /// - Throws: `op.range`.
    func span(_ row: Int) throws(ONNXError) -> Span {
        let last = try context.input(Input.lengths).int32(at: row)
        guard last >= 0, last < total else {
            throw ONNXError(
                "op.range", "seqlens_k[\(row)] is \(last); it must lie in 0..<\(total), the total length.")
        }
        let rowTotal = last + 1
        var new = min(length, rowTotal)
        if let queryLengths = context.optionalInput(Input.queryLengths) {
            let given = queryLengths.int32(at: row)
            guard given >= 0, given <= new else {
                throw ONNXError("op.range", "query_seqlens[\(row)] is \(given); it must lie in 0...\(new).")
            }
            new = given
        } else if !isFirstPrompt {
            guard rowTotal >= length else {
                throw ONNXError(
                    "op.range",
                    "seqlens_k[\(row)] is \(last), too few for the \(length) new positions after a past.")
            }
            guard length == 1 || batch == 1 else {
                throw ONNXError(
                    "op.range",
                    "Batches of \(batch) rows take one new position after a past, not \(length), or query_seqlens."
                )
            }
        }
        let past = rowTotal - new
        let window = memory.keepsWindow ? operation.window : nil
        let resident = memory.residentRows(of: past, window: window)
        if window == nil {
            guard past <= memory.pastCapacity else {
                throw ONNXError(
                    "op.range",
                    "seqlens_k[\(row)] asks for \(past) past positions; the cache holds \(memory.pastCapacity)."
                )
            }
            guard rowTotal <= memory.capacity else {
                throw ONNXError(
                    "op.range",
                    "\(rowTotal) positions do not fit the cache, which has room for \(memory.capacity).")
            }
        } else {
            guard memory.capacity >= operation.window,
                length == new || length == 1 || context.hasInput(Input.queryLengths)
            else {
                throw ONNXError(
                    "op.range",
                    """
                    A windowed cache needs room for local_window_size (\(operation.window)) positions, not \
                    \(memory.capacity), and no padding without query_seqlens.
                    """)
            }
        }
        let isPadded = isFirstPrompt && window == nil
        let written = isPadded ? min(length, memory.capacity - past) : new
        let span = Span(past: past, new: new, written: written, resident: resident)
        try checkPositions(row, span)
        return span
    }

    private func checkPositions(_ row: Int, _ span: Span) throws(ONNXError) {
        guard operation.rotates else { return }
        let rows = try context.input(Input.cos).shape[0]
        for index in 0..<rotatedRows(span) {
            let position = position(row, span, index)
            guard position >= 0, position < rows else {
                throw ONNXError(
                    "op.range",
                    "Position \(position) of row \(row) lies outside the \(rows) rows of cos_cache.")
            }
        }
    }

    /// Query rows that are computed: padding too, unless its length is given.
    func rotatedRows(_ span: Span) -> Int {
        context.hasInput(Input.queryLengths) ? span.new : length
    }

    /// The row of the rotary caches for a new position.
    func position(_ row: Int, _ span: Span, _ index: Int) -> Int {
        guard let positions = context.optionalInput(Input.positions) else { return span.past + index }
        return isFirstPrompt
            ? positions.int64(at: 0) &+ index : positions.int64(at: row * length + index)
    }

    /// Computes one batch row.
    func run(_ row: Int, _ span: Span) throws(ONNXError) {
        let rows = rotatedRows(span) - firstQuery
        let offset = row * length
        let caches = try memory.caches(row, span)
        let hidden = operation.heads * headSize
        let output = try context.output(0).mutableFloats + row * (length - firstQuery) * hidden
        var attention = ONNXKernels.Attention(
            heads: operation.heads, keyValueHeads: operation.kvHeads, headSize: headSize, sequence: rows,
            past: span.resident + firstQuery, total: span.resident + span.new,
            scale: operation.scale ?? 1 / Float(headSize).squareRoot())
        attention.softcap = operation.softcap
        attention.isCausal = operation.isCausal
        attention.window = operation.window
        attention.isSmooth = operation.smoothSoftmax
        attention.headSink = context.optionalInput(Input.headSink)?.floats
        attention.bias = bias(row, span)
        attention.cacheType = caches.type
        attention.queryPreparation = try preparation(
            row, span, from: firstQuery, context.optionalInput(Input.queryNorm)?.floats,
            operation.queryNormEpsilon)
        var newRows = ONNXKernels.Attention.NewRows(
            keys: key + offset * keyStride, values: value + offset * keyStride,
            strides: Strides(position: keyStride, head: headSize), first: span.resident, count: span.written)
        newRows.keyPreparation = try preparation(
            row, span, context.optionalInput(Input.keyNorm)?.floats, operation.keyNormEpsilon)
        try attention.compute(
            query: query + (offset + firstQuery) * queryStride,
            queryStrides: Strides(position: queryStride, head: headSize), adding: newRows, keys: caches.keys,
            values: caches.values, into: output, strides: Strides(position: hidden, head: headSize),
            workers: context.workers, scratch: context.kernelScratch)
        try writeScores(row, span, caches)
        let missing = length - firstQuery - rows
        if missing > 0 { (output + rows * hidden).update(repeating: 0, count: missing * hidden) }
        memory.finish(row, span)
    }

    /// What is done to the new queries, or keys, of a row; the first of them is new position `first`.
    func preparation(
        _ row: Int, _ span: Span, from first: Int = 0, _ weight: UnsafePointer<Float>?, _ epsilon: Float
    ) throws(ONNXError) -> ONNXKernels.Attention.HeadPreparation {
        var result = ONNXKernels.Attention.HeadPreparation()
        result.normWeight = weight
        result.normEpsilon = epsilon
        guard operation.rotates else { return result }
        let cos = try context.input(Input.cos)
        let sin = try context.input(Input.sin)
        let count = cos.shape.elementCount
        result.rotary = ONNXKernels.RotaryEmbedding(
            heads: operation.heads, headSize: headSize, rotarySize: 2 * cos.shape[1],
            isInterleaved: operation.isInterleaved,
            cos: UnsafeBufferPointer(start: cos.floats, count: count),
            sin: UnsafeBufferPointer(start: sin.floats, count: count))
        result.firstRotaryRow = span.past + first
        if let positions = context.optionalInput(Input.positions) {
            if isFirstPrompt {
                result.firstRotaryRow = positions.int64(at: 0) + first
            } else {
                result.rotaryRows =
                    positions.baseAddress.assumingMemoryBound(to: Int64.self) + (row * length + first)
            }
        }
        return result
    }

    /// The part of attention_bias for a row, its columns counted from the first resident position.
    func bias(_ row: Int, _ span: Span) -> ONNXKernels.Attention.Bias? {
        guard let tensor = context.optionalInput(Input.bias) else { return nil }
        let shape = tensor.shape
        let headStride = shape[2] * shape[3]
        let batchOffset = shape[0] == 1 ? 0 : row * shape[1] * headStride
        return .init(
            base: tensor.floats + (batchOffset + firstQuery * shape[3] + span.past - span.resident),
            headStride: shape[1] == 1 ? 0 : headStride, positionStride: shape[3])
    }
}
