// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors
import ONNXTypedKernels

/// What MultiHeadAttention and Attention share once queries, keys and values are there: past, masks, attention.
struct MultiHeadJob {
    typealias Strides = RotaryEmbedding.Strides

    /// The attributes that matter here.
    struct Parameters: Sendable {
        let heads: Int
        /// Nil: 1/√(head size).
        let scale: Float?
        let isCausal: Bool
        let filter: Float

        init(_ node: OperatorNode) throws(ONNXError) {
            heads = try node.requiredInt("num_heads")
            let scale = try node.float("scale", default: 0)
            isCausal = try node.flag("unidirectional")
            filter = try node.float("mask_filter_value", default: -10_000)
            guard heads > 0, heads <= 1 << 16, scale.isFinite, filter.isFinite else {
                throw ONNXError(
                    "attr.value", "num_heads is \(heads), scale \(scale) and mask_filter_value \(filter).")
            }
            self.scale = scale == 0 ? nil : scale
        }
    }

    /// Rows of all heads: batch rows `batchStride` elements apart.
    struct Rows {
        let base: UnsafePointer<Float>
        let batchStride: Int
        let strides: Strides
    }

    let parameters: Parameters
    let sizes: MultiHeadSizes
    let query: Rows
    let key: Rows
    let value: Rows
    /// `[batch, heads, pastCapacity, headSize or valueSize]` each.
    let past: (keys: UnsafePointer<Float>, values: UnsafePointer<Float>)?
    /// `[batch, heads, capacity, headSize or valueSize]` each, to be filled.
    let store: (keys: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>)
    let mask: AttentionMask?
    let bias: Tensor?
    /// Room for ``biasElementCount(_:)`` floats, needed where there is a mask.
    let biasScratch: UnsafeMutablePointer<Float>?
    /// Which batch row's past a row has; nil: its own.
    var beams: BeamHistory?
    let output: UnsafeMutablePointer<Float>
    /// `[batch, heads, length, total]`: receives the scores before the softmax.
    var shownScores: UnsafeMutablePointer<Float>?

    /// Checks attention_bias.
    ///
    /// - Throws: `op.shape`.
    static func checkBias(
        _ bias: TensorType?, batch: Int, heads: Int, queries: Int, keys: Int
    ) throws(ONNXError) {
        guard let bias else { return }
        guard bias.elementType == .float32, bias.shape.rank == 4,
            bias.shape[0] == 1 || bias.shape[0] == batch,
            bias.shape[1] == 1 || bias.shape[1] == heads, bias.shape[2] == queries, bias.shape[3] == keys
        else {
            throw ONNXError(
                "op.shape",
                "attention_bias is \(bias); [1 or \(batch), 1 or \(heads), \(queries), \(keys)] is expected.")
        }
    }

    /// Scratch floats that a mask needs beside a bias of this shape.
    static func biasElementCount(_ bias: Shape?, queries: Int, keys: Int) -> Int {
        (bias?[1] ?? 1) * queries * keys
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let plane = sizes.capacity * sizes.heads
        for row in 0..<sizes.batch {
            try fill(store.keys, key, past?.keys, row, sizes.headSize, context)
            try fill(store.values, value, past?.values, row, sizes.valueSize, context)
        }
        for row in 0..<sizes.batch {
            var keys = UnsafePointer(store.keys + row * plane * sizes.headSize)
            var values = UnsafePointer(store.values + row * plane * sizes.valueSize)
            var gathered: (Tensor, Tensor)?
            if let beams {
                let tensors = try beams.gather(row, store, sizes)
                keys = tensors.keys.floats
                values = tensors.values.floats
                gathered = tensors
            }
            if shownScores != nil || sizes.valueSize != sizes.headSize {
                try runExplicitly(row, keys, values, context)
            } else {
                try runFused(row, keys, values, context)
            }
            withExtendedLifetime(gathered) {}
        }
    }

    private var scale: Float { parameters.scale ?? 1 / Float(sizes.headSize).squareRoot() }

    private func runFused(
        _ row: Int, _ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ context: RunContext
    ) throws(ONNXError) {
        var attention = Attention(
            heads: sizes.heads, keyValueHeads: sizes.heads, headSize: sizes.headSize, sequence: sizes.length,
            past: sizes.pastLength, total: sizes.total, scale: scale)
        attention.isCausal = parameters.isCausal
        attention.bias = scores(row)
        let headStride = sizes.capacity * sizes.headSize
        try attention.compute(
            query: query.base + row * query.batchStride, queryStrides: query.strides,
            keys: .init(base: keys, headStride: headStride, rowStride: sizes.headSize),
            values: .init(base: values, headStride: headStride, rowStride: sizes.headSize),
            into: output + row * sizes.length * sizes.hidden,
            strides: Strides(position: sizes.hidden, head: sizes.headSize), workers: context.workers,
            scratch: context.kernelScratch)
    }

    /// With values of another size than the keys, or with the scores written out.
    private func runExplicitly(
        _ row: Int, _ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ context: RunContext
    ) throws(ONNXError) {
        let total = sizes.total
        let work = AttentionScores(
            headSize: sizes.headSize, queries: sizes.length, keys: total, past: sizes.pastLength,
            scale: scale, isCausal: parameters.isCausal)
        try context.checkBudget(elements: sizes.length * total, ofByteCount: 4)
        let weights = try Tensor(allocating: .float32, Shape([sizes.length, total]))
        let bias = scores(row)
        let outputStride = sizes.heads * sizes.valueSize
        for head in 0..<sizes.heads {
            try work.write(
                query: .init(
                    query.base + row * query.batchStride + head * query.strides.head,
                    stride: query.strides.position),
                keys: .init(keys + head * sizes.capacity * sizes.headSize, stride: sizes.headSize),
                bias: bias.map { .init($0.base + head * $0.headStride, stride: $0.positionStride) },
                into: weights.mutableFloats, rowStride: total, workers: context.workers)
            if let shownScores {
                let plane = shownScores + (row * sizes.heads + head) * sizes.length * total
                plane.update(from: weights.floats, count: sizes.length * total)
                work.hide(-Float.greatestFiniteMagnitude, in: plane, rowStride: total)
            }
            work.normalize(weights.mutableFloats, rowStride: total)
            try work.accumulate(
                weights.floats, rowStride: total,
                values: .init(values + head * sizes.capacity * sizes.valueSize, stride: sizes.valueSize),
                valueSize: sizes.valueSize,
                into: output + row * sizes.length * outputStride + head * sizes.valueSize,
                outputStride: outputStride, workers: context.workers)
        }
        withExtendedLifetime(weights) {}
    }

    /// Puts past and new rows of a batch row behind each other, head by head.
    private func fill(
        _ store: UnsafeMutablePointer<Float>, _ rows: Rows, _ past: UnsafePointer<Float>?, _ row: Int,
        _ size: Int, _ context: RunContext
    ) throws(ONNXError) {
        let target = store + row * sizes.heads * sizes.capacity * size
        if let past {
            for head in 0..<sizes.heads {
                let source = past + (row * sizes.heads + head) * sizes.pastCapacity * size
                (target + head * sizes.capacity * size).update(
                    from: source, count: sizes.pastCapacity * size)
            }
        }
        let none = UnsafeBufferPointer<Float>(start: nil, count: 0)
        let copy = RotaryEmbedding(
            heads: sizes.heads, headSize: size, rotarySize: 0, isInterleaved: false, cos: none, sin: none)
        try copy.apply(
            rows.base + row * rows.batchStride, strides: rows.strides,
            into: target + sizes.pastLength * size,
            strides: Strides(position: size, head: sizes.capacity * size), count: sizes.keyLength,
            positionIDs: { $0 }, workers: context.workers)
    }

    /// What is added to the scores of a batch row: the bias, and the filter value where the mask hides a key.
    private func scores(_ row: Int) -> Attention.Bias? {
        let total = sizes.total
        let plane = sizes.length * total
        let heads = bias?.shape[1] ?? 1
        let given = bias.map { $0.floats + ($0.shape[0] == 1 ? 0 : row * heads * plane) }
        let headStride = heads == 1 ? 0 : plane
        guard let mask, let scratch = biasScratch else {
            return given.map { .init(base: $0, headStride: headStride, positionStride: total) }
        }
        for head in 0..<heads {
            let target = scratch + head * plane
            if let given {
                target.update(from: given + head * plane, count: plane)
            } else {
                target.update(repeating: 0, count: plane)
            }
            mask.apply(parameters.filter, row: row, to: target)
        }
        return .init(base: UnsafePointer(scratch), headStride: headStride, positionStride: total)
    }
}
