// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// One run of a ``SparseAttention``; the context holds the tensors while it lasts.
struct SparseAttentionCall {
    typealias Strides = ONNXKernels.RotaryEmbedding.Strides

    private let operation: SparseAttention
    private let sizes: SparseAttention.Geometry
    private let layout: SparseLayout
    private let context: RunContext
    /// Queries whose scores are held at once.
    private static let chunk = 128

    init(
        _ operation: SparseAttention, _ sizes: SparseAttention.Geometry, _ layout: SparseLayout,
        _ context: RunContext
    ) {
        self.operation = operation
        self.sizes = sizes
        self.layout = layout
        self.context = context
    }

    func run() throws(ONNXError) {
        guard let total = try context.input(7).integers().first, total >= sizes.length,
            total <= sizes.capacity
        else {
            throw ONNXError(
                "op.range",
                "total_sequence_length does not lie between \(sizes.length) new positions and the capacity \(sizes.capacity)."
            )
        }
        let totals = try context.input(8).integers()
        for row in 0..<sizes.batch {
            let past = total == sizes.length ? 0 : totals[row] - sizes.length
            guard past >= 0, past + sizes.length <= sizes.capacity,
                (past + sizes.length - 1) / layout.blockSize < layout.blockCount
            else {
                throw ONNXError(
                    "op.range",
                    "Row \(row) has \(totals[row]) keys; the cache holds \(sizes.capacity), the layouts \(layout.blockCount) blocks."
                )
            }
            try run(row, past: past)
        }
    }

    private func run(_ row: Int, past: Int) throws(ONNXError) {
        let (heads, kvHeads, size) = (operation.heads, operation.kvHeads, sizes.headSize)
        let query = try context.input(0)
        let width = query.shape[2]
        let queries = query.floats + row * sizes.length * width
        let keys: UnsafePointer<Float>
        let values: UnsafePointer<Float>
        if sizes.isPacked {
            keys = queries + heads * size
            values = keys + kvHeads * size
        } else {
            keys = try context.input(1).floats + row * sizes.length * kvHeads * size
            values = try context.input(2).floats + row * sizes.length * kvHeads * size
        }
        let stride = sizes.isPacked ? width : kvHeads * size
        let keyCache = try join(1, 3, keys, stride, row, past, rotary: try rotary(kvHeads))
        let valueCache = try join(2, 4, values, stride, row, past, rotary: nil)
        try attend(
            queries, width, keyCache, valueCache,
            into: context.output(0).mutableFloats + row * sizes.length * heads * size, past: past)
    }

    /// Copies the past of a row to its present and puts the new rows behind it.
    private func join(
        _ output: Int, _ input: Int, _ rows: UnsafePointer<Float>, _ stride: Int, _ row: Int, _ past: Int,
        rotary: ONNXKernels.RotaryEmbedding?
    ) throws(ONNXError) -> UnsafePointer<Float> {
        let (kvHeads, size) = (operation.kvHeads, sizes.headSize)
        let rowSize = kvHeads * sizes.capacity * size
        let source = try context.input(input)
        let target = try context.output(output, orAllocating: .float32, source.shape)
        let cache = target.mutableFloats + row * rowSize
        cache.update(from: source.floats + row * rowSize, count: rowSize)
        let none = UnsafeBufferPointer<Float>(start: nil, count: 0)
        let mover =
            rotary
            ?? ONNXKernels.RotaryEmbedding(
                heads: kvHeads, headSize: size, rotarySize: 0, isInterleaved: false, cos: none, sin: none)
        try mover.apply(
            rows, strides: Strides(position: stride, head: size), into: cache + past * size,
            strides: Strides(position: size, head: sizes.capacity * size), count: sizes.length,
            positionIDs: { past + $0 }, workers: context.workers)
        return UnsafePointer(cache)
    }

    private func rotary(_ heads: Int) throws(ONNXError) -> ONNXKernels.RotaryEmbedding? {
        guard operation.rotates else { return nil }
        let cos = try context.input(9)
        let sin = try context.input(10)
        return ONNXKernels.RotaryEmbedding(
            heads: heads, headSize: sizes.headSize, rotarySize: 2 * cos.shape[1],
            isInterleaved: operation.isInterleaved,
            cos: UnsafeBufferPointer(start: cos.floats, count: cos.shape.elementCount),
            sin: UnsafeBufferPointer(start: sin.floats, count: sin.shape.elementCount))
    }

    /// Attention of one batch row: for each layout a chunk of scores, which its heads share.
    private func attend(
        _ queries: UnsafePointer<Float>, _ queryStride: Int, _ keys: UnsafePointer<Float>,
        _ values: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, past: Int
    ) throws(ONNXError) {
        let (heads, size) = (operation.heads, sizes.headSize)
        let group = heads / operation.kvHeads
        let most = past + sizes.length
        let room = try Tensor(allocating: .float32, Shape([min(Self.chunk, sizes.length), most]))
        defer { withExtendedLifetime(room) {} }
        for first in stride(from: 0, to: sizes.length, by: Self.chunk) {
            let count = min(Self.chunk, sizes.length - first)
            let total = past + first + count
            for layout in 0..<sizes.layouts {
                self.layout.fill(
                    room.mutableFloats, layout: layout, firstQuery: past + first, count: count, total: total)
                for head in stride(from: layout, to: heads, by: sizes.layouts) {
                    var attention = ONNXKernels.Attention(
                        heads: 1, keyValueHeads: 1, headSize: size, sequence: count, past: past + first,
                        total: total,
                        scale: operation.scale == 0 ? 1 / Float(size).squareRoot() : operation.scale)
                    attention.bias = .init(base: room.floats, headStride: 0, positionStride: total)
                    attention.queryPreparation.rotary = try rotary(1)
                    attention.queryPreparation.firstRotaryRow = past + first
                    let offset = head / group * sizes.capacity * size
                    try attention.compute(
                        query: queries + first * queryStride + head * size,
                        queryStrides: Strides(position: queryStride, head: size),
                        keys: .init(base: keys + offset, headStride: 0, rowStride: size),
                        values: .init(base: values + offset, headStride: 0, rowStride: size),
                        into: output + first * heads * size + head * size,
                        strides: Strides(position: heads * size, head: size), workers: context.workers,
                        scratch: context.kernelScratch)
                }
            }
        }
    }
}
