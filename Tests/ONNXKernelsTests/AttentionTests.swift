// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import Testing

@Suite struct AttentionTests {
    static let cases: [AttentionCase] = {
        var cases: [AttentionCase] = []
        for (heads, keyValueHeads) in [(1, 1), (3, 1), (4, 2), (8, 1), (9, 3)] {
            for headSize in [8, 16, 40, 64, 96] {
                let seed = UInt64(cases.count)
                cases.append(
                    AttentionCase(
                        heads: heads, keyValueHeads: keyValueHeads, headSize: headSize, sequence: 5, past: 66,
                        type: headSize % 16 == 8 ? .float16 : .float32, seed: seed))
                for type in [Attention.CacheType.float32, .float16, .int8, .int16] {
                    cases.append(
                        AttentionCase(
                            heads: heads, keyValueHeads: keyValueHeads, headSize: headSize, sequence: 5,
                            past: 66, type: type, isPanelled: true, seed: seed + 5000))
                }
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
                        isSmooth: past == 200, type: past == 63 ? .float16 : .float32, seed: seed + 1000))
                cases.append(
                    AttentionCase(
                        heads: 3, keyValueHeads: 1, headSize: 64, sequence: sequence, past: past,
                        window: past == 200 ? 70 : nil, hasBias: past == 1,
                        type: sequence % 2 == 0 ? .int8 : .float16, isPanelled: true, seed: seed + 2000))
                cases.append(
                    AttentionCase(
                        heads: 3, keyValueHeads: 1, headSize: past == 63 ? 80 : 64, sequence: sequence,
                        past: past,
                        softcap: sequence == 2 ? 5 : 0, window: past == 200 ? 70 : nil, hasBias: past == 1,
                        hasSink: sequence == 65, type: .int16, isPanelled: true, seed: seed + 3000))
            }
        }
        cases.append(
            AttentionCase(heads: 4, keyValueHeads: 4, headSize: 7, sequence: 9, past: 70, hasBias: true))
        cases.append(
            AttentionCase(heads: 4, keyValueHeads: 2, headSize: 16, sequence: 70, past: 3, isCausal: false))
        cases.append(AttentionCase(heads: 3, keyValueHeads: 1, headSize: 16, sequence: 3, past: 3000))
        cases.append(
            AttentionCase(
                heads: 6, keyValueHeads: 2, headSize: 64, sequence: 3, past: 3000, type: .float16,
                isPanelled: true))
        cases.append(
            AttentionCase(
                heads: 6, keyValueHeads: 2, headSize: 128, sequence: 40, past: 3000, scale: 0.1, type: .int16,
                isPanelled: true))
        cases.append(
            AttentionCase(
                heads: 2, keyValueHeads: 1, headSize: 7, sequence: 9, past: 70, type: .int16, isPanelled: true
            ))
        cases.append(
            AttentionCase(
                heads: 4, keyValueHeads: 2, headSize: 256, sequence: 70, past: 3, scale: 0.06,
                isCausal: false, type: .int16,
                isPanelled: true))
        cases.append(
            AttentionCase(
                heads: 4, keyValueHeads: 1, headSize: 128, sequence: 2, past: 1500, window: 900, type: .int8,
                isPanelled: true))
        cases.append(
            AttentionCase(
                heads: 4, keyValueHeads: 4, headSize: 7, sequence: 9, past: 70, type: .float16,
                isPanelled: true))
        cases.append(
            AttentionCase(
                heads: 3, keyValueHeads: 1, headSize: 16, sequence: 40, past: 1010, window: 1100,
                hasSink: true))
        // bfloat16 lies as int16 does; its kernels take other head sizes.
        cases += cases.filter { $0.type == .int16 }.map { test in
            var rounded = test
            rounded.type = .bfloat16
            if test.headSize == 80 { rounded.headSize = 32 }
            return rounded
        }
        return cases
    }()

    @Test(arguments: cases) func matchesTheExactResult(_ test: AttentionCase) throws {
        let inputs = AttentionInputs(test)
        let pool = try TestKernels.pool(2)
        let size = test.headSize
        for kernels in TestKernels.sets {
            let isInteger = test.type == .int16 && kernels.level >= .avx512vnni && size % 8 == 0
            let isRounded = test.type == .bfloat16 && kernels.level >= .amx && size % 32 == 0
            let tolerance =
                isInteger
                ? KernelTolerance.attentionInIntegers
                : isRounded ? KernelTolerance.attentionInBFloat16 : KernelTolerance.attention
            let actual = try inputs.compute(kernels, pool, first: 0, count: test.sequence)
            for position in 0..<test.sequence {
                for head in 0..<test.heads {
                    let expected = inputs.expected(position: position, head: head)
                    let start = (position * test.heads + head) * size
                    for i in 0..<size {
                        let difference = abs(Double(actual[start + i]) - expected[i])
                        #expect(
                            difference <= tolerance * 2,
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
                    let isSame = result.bits == whole
                    #expect(isSame, "\(kernels.level), \(threads) threads, \(chunk) at a time")
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
