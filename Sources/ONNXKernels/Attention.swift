// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
package import ONNXErrors

/// Grouped-query attention of one batch row over a key/value cache.
///
/// Query position i has the absolute position `past + i`. Keys and values of key/value head h, position t begin at
/// `h * headStride + t * rowStride` elements. The softmax runs over blocks of 64 keys and ranges of 1024 in a fixed
/// order, so the bits of a row depend neither on the other rows of the call nor on the threads.
package struct Attention {
    /// Element types of a cache.
    package enum CacheType: Int32, Sendable, Hashable {
        case float32 = 0
        case float16 = 1
    }

    /// A cache of keys or of values.
    package struct Cache {
        package var base: UnsafeRawPointer
        package var headStride: Int
        package var rowStride: Int

        package init(base: UnsafeRawPointer, headStride: Int, rowStride: Int) {
            self.base = base
            self.headStride = headStride
            self.rowStride = rowStride
        }
    }

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
    /// Keys in the cache; `past + sequence` for self-attention.
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
    static let keysPerRange = 1024

    /// Computes `y[position * yStrides.position + head * yStrides.head + element]`.
    ///
    /// Rows that see no key give zeros. y must not overlap the inputs.
    /// - Throws: `kernel.attention` for numbers that do not fit together, `memory.exhausted`.
    package func compute(
        query: UnsafePointer<Float>, queryStrides: RotaryEmbedding.Strides, keys: Cache, values: Cache,
        into y: UnsafeMutablePointer<Float>, strides yStrides: RotaryEmbedding.Strides, workers: WorkerPool,
        scratch: KernelScratch, kernels: KernelSet = .current
    ) throws(ONNXError) {
        try validate()
        if sequence == 0 || heads == 0 || headSize == 0 { return }
        let job = AttentionJob(
            attention: self, query: query, queryStrides: queryStrides, keys: keys, values: values, y: y,
            yStrides: yStrides, kernels: kernels)
        try job.run(workers, scratch)
    }

    private func validate() throws(ONNXError) {
        let numbers = [heads, keyValueHeads, headSize, sequence, past, total]
        guard numbers.allSatisfy({ (0..<1 << 31).contains($0) }) else {
            throw ONNXError("kernel.attention", "A size of an attention is out of range: \(numbers).")
        }
        guard heads == 0 || keyValueHeads > 0 && heads % keyValueHeads == 0 else {
            throw ONNXError(
                "kernel.attention", "\(heads) heads cannot share \(keyValueHeads) key/value heads evenly.")
        }
    }
}
