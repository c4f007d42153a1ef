// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

/// Heads of a tensor `[batch, heads, rows, size]` or `[batch, rows, heads × size]`, by strides in elements.
package struct HeadLayout: Sendable {
    package let batchStride: Int
    package let headStride: Int
    package let rowStride: Int

    /// Of `[batch, heads, rows, size]`.
    package init(heads: Int, rows: Int, size: Int) {
        batchStride = heads * rows * size
        headStride = rows * size
        rowStride = size
    }

    /// Of `[batch, rows, heads × size]`.
    package init(rows: Int, interleavedHeads heads: Int, size: Int) {
        batchStride = heads * rows * size
        headStride = size
        rowStride = heads * size
    }
}

/// One call of scaled dot-product attention as ONNX defines it.
package struct AttentionCall: Sendable {
    /// Which stage of the scores the fourth output shows.
    package enum ScoreStage: Sendable { case product, capped, biased, probabilities }

    package var batches: Int
    package var heads: Int
    package var keyHeads: Int
    package var queries: Int
    package var keys: Int
    package var headSize: Int
    package var valueSize: Int
    package var scale: Float
    /// 0 for none.
    package var softcap: Float
    package var isCausal: Bool
    /// Keys before (after) a query's own position that it sees; nil for all.
    package var leftWindow: Int?
    package var rightWindow: Int?
    /// Keys before the first query, for each batch row.
    package var offsets: [Int]
    /// Keys that count, for each batch row.
    package var validKeys: [Int]
    package var stage: ScoreStage

    package init(
        batches: Int, heads: Int, keyHeads: Int, queries: Int, keys: Int, headSize: Int, valueSize: Int,
        scale: Float, softcap: Float, isCausal: Bool, leftWindow: Int?, rightWindow: Int?, offsets: [Int],
        validKeys: [Int], stage: ScoreStage
    ) {
        self.batches = batches
        self.heads = heads
        self.keyHeads = keyHeads
        self.queries = queries
        self.keys = keys
        self.headSize = headSize
        self.valueSize = valueSize
        self.scale = scale
        self.softcap = softcap
        self.isCausal = isCausal
        self.leftWindow = leftWindow
        self.rightWindow = rightWindow
        self.offsets = offsets
        self.validKeys = validKeys
        self.stage = stage
    }

    /// Whether the query at `row` may see the key at `key`, the mask left aside.
    @inline(__always)
    func sees(_ batch: Int, _ row: Int, _ key: Int) -> Bool {
        let position = row + offsets[batch]
        if key >= validKeys[batch] || (isCausal && key > position) { return false }
        if let leftWindow, position - key > leftWindow { return false }
        if let rightWindow, key - position > rightWindow { return false }
        return true
    }
}

/// The tensors of an attention call; all of one type, float32 or float64.
package struct AttentionTensors: Sendable {
    package var query: Tensor
    package var queryLayout: HeadLayout
    package var key: Tensor
    package var keyLayout: HeadLayout
    package var value: Tensor
    package var valueLayout: HeadLayout
    /// Added to the scores; −∞ hides. Keys beyond its last dimension are hidden.
    package var mask: Tensor?
    /// Strides of the mask for batch, head, query and key.
    package var maskStrides: [Int]
    package var output: Tensor?
    package var outputLayout: HeadLayout
    /// `[batch, heads, queries, keys]`
    package var scores: Tensor?

    package init(
        query: Tensor, queryLayout: HeadLayout, key: Tensor, keyLayout: HeadLayout, value: Tensor,
        valueLayout: HeadLayout, mask: Tensor?, maskStrides: [Int], output: Tensor?, outputLayout: HeadLayout,
        scores: Tensor?
    ) {
        self.query = query
        self.queryLayout = queryLayout
        self.key = key
        self.keyLayout = keyLayout
        self.value = value
        self.valueLayout = valueLayout
        self.mask = mask
        self.maskStrides = maskStrides
        self.output = output
        self.outputLayout = outputLayout
        self.scores = scores
    }
}

extension TypedKernels {
    /// Scaled dot-product attention, a query row at a time; a row that sees no key gives zeros.
    package static func attention(
        _ call: AttentionCall, _ tensors: AttentionTensors, workers: WorkerPool
    ) throws(ONNXError) {
        try dispatchFloat(
            tensors.query.elementType, AttentionWork(call: call, tensors: tensors, workers: workers),
            in: "Attention")
    }
}

private struct AttentionWork: FloatWork {
    let call: AttentionCall
    let tensors: AttentionTensors
    let workers: WorkerPool

    func callAsFunction<Element: FloatElement>(_ type: Element.Type) throws(ONNXError) {
        let rows = call.batches * call.heads * call.queries
        let grain = max(1, 16_384 / max(1, call.keys * call.headSize))
        TypedKernels.inParallel(workers, count: rows, grain: grain) { range in
            withUnsafeTemporaryAllocation(of: Element.self, capacity: max(1, call.keys)) { buffer in
                guard let scores = buffer.baseAddress else { return }
                for row in range {
                    let batch = row / (call.heads * call.queries)
                    compute(row, batch, row / call.queries % call.heads, row % call.queries, scores)
                }
            }
        }
    }

    private func compute<Element: FloatElement>(
        _ index: Int, _ batch: Int, _ head: Int, _ row: Int, _ scores: UnsafeMutablePointer<Element>
    ) {
        let keyHead = head / (call.heads / call.keyHeads)
        let shown = tensors.scores.map { $0.mutablePointer(to: Element.self) + index * call.keys }
        multiply(batch, head, keyHead, row, scores)
        if call.stage == .product { shown?.update(from: scores, count: call.keys) }
        if call.softcap > 0 {
            let cap = Element(call.softcap)
            for key in 0..<call.keys { scores[key] = cap * Element.hyperbolicTangent(scores[key] / cap) }
        }
        if call.stage == .capped { shown?.update(from: scores, count: call.keys) }
        let seesAny = addBias(batch, head, row, scores)
        if call.stage == .biased { shown?.update(from: scores, count: call.keys) }
        if seesAny { normalize(scores) } else { scores.update(repeating: 0, count: call.keys) }
        if call.stage == .probabilities { shown?.update(from: scores, count: call.keys) }
        accumulate(batch, head, keyHead, row, scores)
    }

    @inline(__always)
    private func multiply<Element: FloatElement>(
        _ batch: Int, _ head: Int, _ keyHead: Int, _ row: Int, _ scores: UnsafeMutablePointer<Element>
    ) {
        let layout = tensors.queryLayout
        let start = batch * layout.batchStride + head * layout.headStride + row * layout.rowStride
        let query = tensors.query.pointer(to: Element.self) + start
        let keyLayout = tensors.keyLayout
        let keyStart = batch * keyLayout.batchStride + keyHead * keyLayout.headStride
        let keys = tensors.key.pointer(to: Element.self) + keyStart
        let scale = Element(call.scale)
        for key in 0..<call.keys {
            let line = keys + key * keyLayout.rowStride
            var sum: Element = 0
            for i in 0..<call.headSize { sum += query[i] * line[i] }
            scores[key] = sum * scale
        }
    }

    /// Adds the mask and hides what may not be seen; false if nothing is left.
    @inline(__always)
    private func addBias<Element: FloatElement>(
        _ batch: Int, _ head: Int, _ row: Int, _ scores: UnsafeMutablePointer<Element>
    ) -> Bool {
        let strides = tensors.maskStrides
        var mask: UnsafePointer<Element>?
        var maskLength = call.keys
        if let tensor = tensors.mask {
            let start = batch * strides[0] + head * strides[1] + row * strides[2]
            mask = tensor.pointer(to: Element.self) + start
            maskLength = tensor.shape.dimensions.last ?? 0
        }
        var seesAny = false
        for key in 0..<call.keys {
            var bias: Element = 0
            if let mask { bias = key < maskLength ? mask[key * strides[3]] : -.infinity }
            if !call.sees(batch, row, key) { bias = -.infinity }
            if bias > -.infinity || bias != bias { seesAny = true }
            scores[key] = bias == -.infinity ? -.infinity : scores[key] + bias
        }
        return seesAny
    }

    @inline(__always)
    private func normalize<Element: FloatElement>(_ scores: UnsafeMutablePointer<Element>) {
        var greatest: Element = -.infinity
        for key in 0..<call.keys { greatest = greatest.maximum(scores[key]) }
        if greatest == -.infinity { greatest = 0 }
        var sum: Element = 0
        for key in 0..<call.keys {
            scores[key] = Element.exponential(scores[key] - greatest)
            sum += scores[key]
        }
        let factor = sum == 0 ? 1 : 1 / sum
        for key in 0..<call.keys { scores[key] *= factor }
    }

    @inline(__always)
    private func accumulate<Element: FloatElement>(
        _ batch: Int, _ head: Int, _ keyHead: Int, _ row: Int, _ scores: UnsafeMutablePointer<Element>
    ) {
        guard let output = tensors.output else { return }
        let layout = tensors.outputLayout
        let start = batch * layout.batchStride + head * layout.headStride + row * layout.rowStride
        let target = output.mutablePointer(to: Element.self) + start
        let valueLayout = tensors.valueLayout
        let valueStart = batch * valueLayout.batchStride + keyHead * valueLayout.headStride
        let values = tensors.value.pointer(to: Element.self) + valueStart
        target.update(repeating: 0, count: call.valueSize)
        for key in 0..<call.keys where scores[key] != 0 {
            let weight = scores[key]
            let line = values + key * valueLayout.rowStride
            for i in 0..<call.valueSize { target[i] += weight * line[i] }
        }
    }
}
