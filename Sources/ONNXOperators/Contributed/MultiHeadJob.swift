// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

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
    let batch: Int
    let length: Int
    /// New keys of a row.
    let keyLength: Int
    let pastLength: Int
    let headSize: Int
    let query: Rows
    let key: Rows
    let value: Rows
    /// `[batch, heads, pastLength, headSize]` each.
    let past: (keys: UnsafePointer<Float>, values: UnsafePointer<Float>)?
    /// `[batch, heads, pastLength + keyLength, headSize]` each, to be filled.
    let store: (keys: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>)
    let mask: AttentionMask?
    let bias: Tensor?
    /// Room for ``biasElementCount(_:)`` floats, needed where there is a mask.
    let biasScratch: UnsafeMutablePointer<Float>?
    let output: UnsafeMutablePointer<Float>

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
        let total = pastLength + keyLength
        let hidden = parameters.heads * headSize
        var attention = Attention(
            heads: parameters.heads, keyValueHeads: parameters.heads, headSize: headSize, sequence: length,
            past: pastLength, total: total, scale: parameters.scale ?? 1 / Float(headSize).squareRoot())
        attention.isCausal = parameters.isCausal
        for row in 0..<batch {
            let offset = row * parameters.heads * total * headSize
            try fill(store.keys + offset, key, past?.keys, row, context)
            try fill(store.values + offset, value, past?.values, row, context)
            attention.bias = scores(row, total)
            try attention.compute(
                query: query.base + row * query.batchStride, queryStrides: query.strides,
                keys: .init(base: store.keys + offset, headStride: total * headSize, rowStride: headSize),
                values: .init(base: store.values + offset, headStride: total * headSize, rowStride: headSize),
                into: output + row * length * hidden, strides: Strides(position: hidden, head: headSize),
                workers: context.workers, scratch: context.kernelScratch)
        }
    }

    /// Puts past and new rows of a batch row behind each other, head by head.
    private func fill(
        _ target: UnsafeMutablePointer<Float>, _ rows: Rows, _ past: UnsafePointer<Float>?, _ row: Int,
        _ context: RunContext
    ) throws(ONNXError) {
        let total = pastLength + keyLength
        if let past {
            for head in 0..<parameters.heads {
                let source = past + (row * parameters.heads + head) * pastLength * headSize
                (target + head * total * headSize).update(from: source, count: pastLength * headSize)
            }
        }
        let none = UnsafeBufferPointer<Float>(start: nil, count: 0)
        let copy = RotaryEmbedding(
            heads: parameters.heads, headSize: headSize, rotarySize: 0, isInterleaved: false, cos: none,
            sin: none)
        try copy.apply(
            rows.base + row * rows.batchStride, strides: rows.strides, into: target + pastLength * headSize,
            strides: Strides(position: headSize, head: total * headSize), count: keyLength,
            positionIDs: { $0 }, workers: context.workers)
    }

    /// What is added to the scores of a batch row: the bias, and the filter value where the mask hides a key.
    private func scores(_ row: Int, _ total: Int) -> Attention.Bias? {
        let plane = length * total
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
