// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
package import ONNXErrors

/// Grouped-query attention of one batch row over a key/value cache, which may be extended on the way.
///
/// Query position i has the absolute position `past + i`. The softmax runs over blocks of 64 keys and ranges of
/// ``keysPerRange`` in a fixed order, so the bits of a row depend neither on the other rows of the call, nor on the
/// threads, nor on the order in which a cache keeps its keys.
package struct Attention {
    /// Added to the scores: element `[head * headStride + position * positionStride + key]`; a head stride of 0
    /// shares one matrix among the heads.
    package struct Bias {
        package var base: UnsafePointer<Float>
        package var headStride: Int
        package var positionStride: Int

        package init(base: UnsafePointer<Float>, headStride: Int, positionStride: Int) {
            self.base = base
            self.headStride = headStride
            self.positionStride = positionStride
        }
    }

    package var heads: Int
    package var keyValueHeads: Int
    package var headSize: Int
    /// Query positions.
    package var sequence: Int
    /// Positions before the first query.
    package var past: Int
    /// Keys in the cache, new ones included; `past + sequence` for self-attention.
    package var total: Int
    package var scale: Float
    /// `softcap * tanh(score / softcap)` if positive.
    package var softcap: Float = 0
    package var isCausal = true
    /// Keys that a query sees, itself included; none or 0 for all.
    package var window: Int?
    package var bias: Bias?
    /// `[heads]`: `exp(sink)` joins the denominator.
    package var headSink: UnsafePointer<Float>?
    /// `exp(0)` joins the denominator, unless there are sinks.
    package var isSmooth = false
    package var cacheType = CacheType.float32
    /// What is done to queries first.
    package var queryPreparation = HeadPreparation()

    package init(
        heads: Int, keyValueHeads: Int, headSize: Int, sequence: Int, past: Int, total: Int, scale: Float
    ) {
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headSize = headSize
        self.sequence = sequence
        self.past = past
        self.total = total
        self.scale = scale
    }

    /// Keys of one range: a unit of work that can run apart and is merged in order.
    package static let keysPerRange = 512

    /// Appends the new rows, if there are any, and computes `y[position * yStrides.position + head * yStrides.head +
    /// element]`.
    ///
    /// Rows that see no key give zeros. y must not overlap the inputs.
    /// - Throws: `kernel.attention` for numbers that do not fit together, `memory.exhausted`.
    package func compute(
        query: UnsafePointer<Float>, queryStrides: RotaryEmbedding.Strides, adding newRows: NewRows? = nil,
        keys: Cache, values: Cache, into y: UnsafeMutablePointer<Float>,
        strides yStrides: RotaryEmbedding.Strides, workers: WorkerPool, scratch: KernelScratch,
        kernels: KernelSet = .current
    ) throws(ONNXError) {
        try validate(keys, values, newRows)
        if heads == 0 || headSize == 0 { return }
        let job = AttentionJob(
            attention: self, query: query, queryStrides: queryStrides, newRows: newRows, keys: keys,
            values: values, y: y, yStrides: yStrides, kernels: kernels)
        try job.run(workers, scratch)
    }

    private func validate(_ keys: Cache, _ values: Cache, _ newRows: NewRows?) throws(ONNXError) {
        let limit = 1 << 31
        func isSize(_ number: Int) -> Bool { number >= 0 && number < limit }
        guard isSize(heads), isSize(keyValueHeads), isSize(headSize), isSize(sequence), isSize(past),
            isSize(total)
        else {
            throw ONNXError(
                "kernel.attention",
                """
                A size of an attention is out of range: \(heads) and \(keyValueHeads) heads of \(headSize), \
                \(sequence) positions after \(past), \(total) keys.
                """)
        }
        guard heads == 0 || keyValueHeads > 0 && heads % keyValueHeads == 0 else {
            throw ONNXError(
                "kernel.attention", "\(heads) heads cannot share \(keyValueHeads) key/value heads evenly.")
        }
        let block = Int(ONNXLM_ATTENTION_BLOCK)
        let firstSeen = window.map { $0 > 0 ? max(0, past - $0 + 1) : 0 } ?? 0
        guard keys.firstPosition == values.firstPosition, keys.firstPosition % block == 0,
            keys.firstPosition >= 0, keys.firstPosition <= firstSeen, !values.isPanelled,
            !cacheType.hasScales || keys.scales != nil && values.scales != nil,
            !cacheType.liesInPairs || keys.isPanelled && values.rowStride == headSize,
            newRows.map({ $0.count >= 0 && $0.count <= limit }) ?? true
        else {
            throw ONNXError(
                "kernel.attention",
                "A cache from position \(keys.firstPosition) on does not fit queries from \(past) on.")
        }
    }
}
