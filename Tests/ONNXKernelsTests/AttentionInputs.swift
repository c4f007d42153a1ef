// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

struct AttentionCase: CustomStringConvertible, Sendable {
    var heads = 2
    var keyValueHeads = 1
    var headSize = 16
    var sequence = 1
    var past = 0
    var scale: Float = 0.3
    var softcap: Float = 0
    var isCausal = true
    var window: Int?
    var hasBias = false
    var hasSink = false
    var isSmooth = false
    var type = Attention.CacheType.float32
    /// Keys in panels, as sessions keep them, rather than rows.
    var isPanelled = false
    var seed: UInt64 = 1

    var total: Int { past + sequence }

    var description: String {
        "heads \(heads)/\(keyValueHeads)x\(headSize) sequence \(sequence) past \(past) cap \(softcap) "
            + "causal \(isCausal) window \(window ?? 0) bias \(hasBias) sink \(hasSink) smooth \(isSmooth) "
            + "\(type) panels \(isPanelled) seed \(seed)"
    }
}

/// Inputs of a case, in guarded memory, and ways to compute it.
struct AttentionInputs {
    let test: AttentionCase
    let query: [Float]
    let keys: CachedHeads
    let values: CachedHeads
    let bias: [Float]
    let sink: [Float]

    init(_ test: AttentionCase) {
        self.test = test
        var generator = SeededGenerator(seed: test.seed)
        query = generator.floats(test.sequence * test.heads * test.headSize, in: -2...2)
        let cacheCount = test.keyValueHeads * test.total * test.headSize
        keys = CachedHeads(
            generator.floats(cacheCount, in: -2...2), heads: test.keyValueHeads, total: test.total,
            headSize: test.headSize, type: test.type, isPanelled: test.isPanelled)
        values = CachedHeads(
            generator.floats(cacheCount, in: -2...2), heads: test.keyValueHeads, total: test.total,
            headSize: test.headSize, type: test.type, isPanelled: false)
        var bias = generator.floats(test.heads * test.sequence * test.total)
        for index in stride(from: 0, to: bias.count, by: 5) { bias[index] = -.infinity }
        self.bias = bias
        sink = generator.floats(test.heads)
    }

    /// Query rows `first ..< first + count` against the keys up to their last position.
    func compute(_ kernels: KernelSet, _ pool: WorkerPool, first: Int, count: Int) throws -> [Float] {
        let size = test.headSize
        let rowSize = test.heads * size
        let total = test.past + first + count
        let part = GuardedMemory(Array(query[first * rowSize..<(first + count) * rowSize]))
        defer { keepAlive(part) }
        var attention = Attention(
            heads: test.heads, keyValueHeads: test.keyValueHeads, headSize: size, sequence: count,
            past: test.past + first, total: test.isCausal ? total : test.total, scale: test.scale)
        attention.softcap = test.softcap
        attention.isCausal = test.isCausal
        attention.window = test.window
        attention.isSmooth = test.isSmooth
        attention.cacheType = test.type
        let biasMemory = GuardedMemory(bias)
        defer { keepAlive(biasMemory) }
        let sinkMemory = GuardedMemory(sink)
        defer { keepAlive(sinkMemory) }
        if test.hasBias {
            attention.bias = Attention.Bias(
                base: biasMemory.base + first * test.total, headStride: test.sequence * test.total,
                positionStride: test.total)
        }
        if test.hasSink { attention.headSink = UnsafePointer(sinkMemory.base) }
        defer { keepAlive((keys, values)) }
        let output = GuardedMemory<Float>(count: count * rowSize)
        defer { keepAlive(output) }
        let strides = RotaryEmbedding.Strides(position: rowSize, head: size)
        try attention.compute(
            query: part.base, queryStrides: strides,
            keys: keys.cache, values: values.cache, into: output.base, strides: strides, workers: pool,
            scratch: KernelScratch(), kernels: kernels)
        return output.array
    }

    /// The exact row of one head.
    func expected(position: Int, head: Int) -> [Double] {
        let size = test.headSize
        let base = head / (test.heads / test.keyValueHeads) * test.total * size
        let absolute = test.past + position
        var scores: [(key: Int, score: Double)] = []
        for key in 0..<test.total {
            if test.isCausal && key > absolute { continue }
            if let window = test.window, window > 0, key <= absolute - window { continue }
            var score = 0.0
            for i in 0..<size {
                score +=
                    Double(query[(position * test.heads + head) * size + i])
                    * Double(keys.floats[base + key * size + i])
            }
            score *= Double(test.scale)
            if test.softcap > 0 { score = Double(test.softcap) * tanh(score / Double(test.softcap)) }
            if test.hasBias { score += Double(bias[(head * test.sequence + position) * test.total + key]) }
            scores.append((key, score))
        }
        var largest = scores.map(\.score).max() ?? -.infinity
        var sink: Double?
        if test.hasSink { sink = Double(self.sink[head]) } else if test.isSmooth { sink = 0 }
        if let sink { largest = max(largest, sink) }
        var result = [Double](repeating: 0, count: size)
        if largest == -.infinity { return result }
        var total = sink.map { exp($0 - largest) } ?? 0
        for (key, score) in scores {
            let weight = exp(score - largest)
            total += weight
            for i in 0..<size { result[i] += weight * Double(values.floats[base + key * size + i]) }
        }
        return result.map { $0 / total }
    }
}
