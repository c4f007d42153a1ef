// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
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
    var softcap: Float = 0
    var isCausal = true
    var window: Int?
    var hasBias = false
    var hasSink = false
    var isSmooth = false
    var isHalf = false
    var seed: UInt64 = 1

    var total: Int { past + sequence }

    var description: String {
        "heads \(heads)/\(keyValueHeads)x\(headSize) sequence \(sequence) past \(past) cap \(softcap) "
            + "causal \(isCausal) window \(window ?? 0) bias \(hasBias) sink \(hasSink) smooth \(isSmooth) "
            + "half \(isHalf) seed \(seed)"
    }
}

/// Inputs of a case, in guarded memory, and ways to compute it.
struct AttentionInputs {
    let test: AttentionCase
    let query: [Float]
    let keys: [Float]
    let values: [Float]
    let bias: [Float]
    let sink: [Float]

    init(_ test: AttentionCase) {
        self.test = test
        var generator = SeededGenerator(seed: test.seed)
        query = generator.floats(test.sequence * test.heads * test.headSize, in: -2...2)
        let cacheCount = test.keyValueHeads * test.total * test.headSize
        // Short significands, so that float16 holds them exactly.
        keys = (0..<cacheCount).map { _ in Float(Int.random(in: -64...64, using: &generator)) / 32 }
        values = (0..<cacheCount).map { _ in Float(Int.random(in: -64...64, using: &generator)) / 32 }
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
            past: test.past + first, total: test.isCausal ? total : test.total, scale: 0.3)
        attention.softcap = test.softcap
        attention.isCausal = test.isCausal
        attention.window = test.window
        attention.isSmooth = test.isSmooth
        attention.cacheType = test.isHalf ? .float16 : .float32
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
        let keyMemory = cache(keys, pool)
        defer { keepAlive(keyMemory) }
        let valueMemory = cache(values, pool)
        defer { keepAlive(valueMemory) }
        let output = GuardedMemory<Float>(count: count * rowSize)
        defer { keepAlive(output) }
        let strides = RotaryEmbedding.Strides(position: rowSize, head: size)
        try attention.compute(
            query: part.base, queryStrides: strides,
            keys: .init(base: keyMemory.base, headStride: test.total * size, rowStride: size),
            values: .init(base: valueMemory.base, headStride: test.total * size, rowStride: size),
            into: output.base, strides: strides, workers: pool, scratch: KernelScratch(), kernels: kernels)
        return output.array
    }

    private func cache(_ floats: [Float], _ pool: WorkerPool) -> GuardedMemory<UInt8> {
        if !test.isHalf { return GuardedMemory(floats.withUnsafeBytes { Array($0) }) }
        var words = [UInt16](repeating: 0, count: floats.count)
        RowKernels.convert(
            floats, into: &words, as: .float16, count: floats.count, workers: pool, kernels: .reference)
        return GuardedMemory(words.withUnsafeBytes { Array($0) })
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
                    * Double(keys[base + key * size + i])
            }
            score *= Double(Float(0.3))
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
            for i in 0..<size { result[i] += weight * Double(values[base + key * size + i]) }
        }
        return result.map { $0 / total }
    }
}

@Suite struct AttentionTests {
    static let cases: [AttentionCase] = {
        var cases: [AttentionCase] = []
        for (heads, keyValueHeads) in [(1, 1), (3, 1), (4, 2), (8, 1), (9, 3)] {
            for headSize in [8, 16, 40, 64, 96] {
                let seed = UInt64(cases.count)
                cases.append(
                    AttentionCase(
                        heads: heads, keyValueHeads: keyValueHeads, headSize: headSize, sequence: 5, past: 66,
                        isHalf: headSize % 16 == 8, seed: seed))
            }
        }
        for sequence in [1, 2, 63, 64, 65, 131] {
            for past in [0, 1, 63, 200] {
                let seed = UInt64(cases.count)
                cases.append(
                    AttentionCase(
                        heads: 6, keyValueHeads: 2, headSize: 32, sequence: sequence, past: past, seed: seed))
                cases.append(
                    AttentionCase(
                        heads: 2, keyValueHeads: 1, headSize: 24, sequence: sequence, past: past,
                        softcap: past % 2 == 0 ? 5 : 0, window: 1 + past, hasBias: past > 1,
                        hasSink: past == 1,
                        isSmooth: past == 200, isHalf: past == 63, seed: seed + 1000))
            }
        }
        cases.append(
            AttentionCase(heads: 4, keyValueHeads: 4, headSize: 7, sequence: 9, past: 70, hasBias: true))
        cases.append(
            AttentionCase(heads: 4, keyValueHeads: 2, headSize: 16, sequence: 70, past: 3, isCausal: false))
        cases.append(AttentionCase(heads: 3, keyValueHeads: 1, headSize: 16, sequence: 3, past: 3000))
        cases.append(
            AttentionCase(
                heads: 3, keyValueHeads: 1, headSize: 16, sequence: 40, past: 1010, window: 1100,
                hasSink: true))
        return cases
    }()

    @Test(arguments: cases) func matchesTheExactResult(_ test: AttentionCase) throws {
        let inputs = AttentionInputs(test)
        let pool = try TestKernels.pool(2)
        let size = test.headSize
        for kernels in TestKernels.sets {
            let actual = try inputs.compute(kernels, pool, first: 0, count: test.sequence)
            for position in 0..<test.sequence {
                for head in 0..<test.heads {
                    let expected = inputs.expected(position: position, head: head)
                    let start = (position * test.heads + head) * size
                    for i in 0..<size {
                        let difference = abs(Double(actual[start + i]) - expected[i])
                        #expect(
                            difference <= KernelTolerance.attention * 2,
                            "\(kernels.level) position \(position) head \(head): \(actual[start + i]), \(expected[i])"
                        )
                    }
                }
            }
        }
    }

    @Test(arguments: cases.filter(\.isCausal)) func bitsDoNotDependOnChunksOrThreads(_ test: AttentionCase)
        throws
    {
        let inputs = AttentionInputs(test)
        for kernels in TestKernels.sets {
            var whole: [UInt32] = []
            for threads in [1, 2, 5] {
                let pool = try TestKernels.pool(threads)
                for chunk in [test.sequence, 1, 2, 50] {
                    if kernels.level == .reference && (threads != 2 || chunk == 50) { continue }
                    var result: [Float] = []
                    var first = 0
                    while first < test.sequence {
                        let count = min(chunk, test.sequence - first)
                        result += try inputs.compute(kernels, pool, first: first, count: count)
                        first += count
                    }
                    if whole.isEmpty { whole = result.bits }
                    #expect(result.bits == whole, "\(kernels.level), \(threads) threads, \(chunk) at a time")
                }
            }
        }
    }

    @Test func rowsThatSeeNothingAreZeros() throws {
        var test = AttentionCase(
            heads: 2, keyValueHeads: 1, headSize: 16, sequence: 2, past: 70, hasBias: true)
        test.seed = 9
        for kernels in TestKernels.sets {
            let pool = try TestKernels.pool(2)
            let bias = [Float](repeating: -.infinity, count: 72)
            let query = [Float](repeating: 1, count: 64)
            let cache = [Float](repeating: 2, count: 72 * 16)
            var output = [Float](repeating: 7, count: 64)
            var attention = Attention(
                heads: 2, keyValueHeads: 1, headSize: 16, sequence: 2, past: 70, total: 72, scale: 1)
            let strides = RotaryEmbedding.Strides(position: 32, head: 16)
            try bias.withUnsafeBufferPointer { bias in
                try cache.withUnsafeBytes { cache in
                    let base = try #require(cache.baseAddress)
                    attention.bias = .init(
                        base: try #require(bias.baseAddress), headStride: 0, positionStride: 0)
                    try attention.compute(
                        query: query, queryStrides: strides,
                        keys: .init(base: base, headStride: 0, rowStride: 16),
                        values: .init(base: base, headStride: 0, rowStride: 16), into: &output,
                        strides: strides,
                        workers: pool, scratch: KernelScratch(), kernels: kernels)
                }
            }
            #expect(output == [Float](repeating: 0, count: 64))
        }
    }

    @Test func unevenHeadsAreRefused() throws {
        let pool = try TestKernels.pool(1)
        let attention = Attention(
            heads: 3, keyValueHeads: 2, headSize: 8, sequence: 1, past: 0, total: 1, scale: 1)
        var values = [Float](repeating: 0, count: 64)
        let strides = RotaryEmbedding.Strides(position: 24, head: 8)
        values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            let cache = Attention.Cache(base: base, headStride: 8, rowStride: 8)
            #expect(throws: ONNXError.self) {
                try attention.compute(
                    query: base, queryStrides: strides, keys: cache, values: cache, into: base,
                    strides: strides,
                    workers: pool, scratch: KernelScratch())
            }
        }
    }
}
