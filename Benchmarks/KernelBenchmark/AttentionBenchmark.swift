// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels

/// Attention at the shapes of real models, over caches as sessions keep them.
///
/// Decode (one new position) is told in bytes of cache read per second: each call takes the next of several caches, as
/// layers do, so that they do not stay in the processor. Prefill is told in multiply-adds per second.
struct AttentionBenchmark {
    private struct Model {
        let name: String
        let heads: Int
        let keyValueHeads: Int
        let headSize: Int
    }

    private let benchmark: Benchmark
    private static let models = [
        Model(name: "SmolLM2-135M", heads: 9, keyValueHeads: 3, headSize: 64),
        Model(name: "Phi-4-mini", heads: 24, keyValueHeads: 8, headSize: 128),
    ]

    init(_ benchmark: Benchmark) { self.benchmark = benchmark }

    func run() throws {
        for model in Self.models {
            for type in [Attention.CacheType.float32, .float16, .int8, .int16, .bfloat16] {
                for past in [127, 255, 1023, 4095] { try decode(model, type, past: past) }
                for (sequence, past) in [(512, 0), (512, 3584)] {
                    try prefill(model, type, sequence: sequence, past: past)
                }
            }
        }
    }

    private func decode(_ model: Model, _ type: Attention.CacheType, past: Int) throws {
        let rowBytes = model.headSize * type.byteCount + (type.hasScales ? 4 : 0)
        let bytes = 2 * model.keyValueHeads * (past + 1) * rowBytes
        let layers = max(2, (128 << 20) / bytes)
        let caches = (0..<min(layers, 64)).map { _ in
            BenchmarkCache(model.keyValueHeads, model.headSize, past + 1, type)
        }
        defer { for cache in caches { cache.free() } }
        try measure("decode", model, type, 1, past, caches, Benchmark.Work(bytes: bytes * caches.count))
    }

    private func prefill(_ model: Model, _ type: Attention.CacheType, sequence: Int, past: Int) throws {
        let cache = BenchmarkCache(model.keyValueHeads, model.headSize, past + sequence, type)
        defer { cache.free() }
        let pairs = sequence * past + sequence * (sequence + 1) / 2
        var work = Benchmark.Work(multiplyAdds: 2 * model.heads * model.headSize * pairs)
        // The levels below widen int16 to float32.
        if type == .int16, KernelSet.current.level >= .avx512vnni { work.multiplier = .int16 }
        try measure("prefill", model, type, sequence, past, [cache], work)
    }

    private func measure(
        _ kind: String, _ model: Model, _ type: Attention.CacheType, _ sequence: Int, _ past: Int,
        _ caches: [BenchmarkCache], _ work: Benchmark.Work
    ) throws {
        let width = model.heads * model.headSize
        let kvWidth = model.keyValueHeads * model.headSize
        let query = floats(sequence * width, seed: 1)
        let new = floats(sequence * kvWidth, seed: 2)
        let cos = floats((past + sequence) * model.headSize / 2, seed: 4)
        let y = floats(sequence * width, seed: 3)
        defer { for buffer in [query, new, cos, y] { buffer.deallocate() } }
        var attention = Attention(
            heads: model.heads, keyValueHeads: model.keyValueHeads, headSize: model.headSize,
            sequence: sequence, past: past, total: past + sequence, scale: 0.1)
        attention.cacheType = type
        attention.queryPreparation.rotary = RotaryEmbedding(
            heads: 1, headSize: model.headSize, rotarySize: model.headSize, isInterleaved: false,
            cos: UnsafeBufferPointer(cos), sin: UnsafeBufferPointer(cos))
        attention.queryPreparation.firstRotaryRow = past
        var newRows = Attention.NewRows(
            keys: UnsafePointer(new.baseAddress!), values: UnsafePointer(new.baseAddress!),
            strides: .init(position: kvWidth, head: model.headSize), first: past, count: sequence)
        newRows.keyPreparation = attention.queryPreparation
        let strides = RotaryEmbedding.Strides(position: width, head: model.headSize)
        try benchmark.measure(
            "attention \(kind) \(model.name) \(type) \(sequence) after \(past)", work
        ) {
            for cache in caches {
                try attention.compute(
                    query: UnsafePointer(query.baseAddress!), queryStrides: strides, adding: newRows,
                    keys: cache.keys, values: cache.values, into: y.baseAddress!, strides: strides,
                    workers: benchmark.workers, scratch: benchmark.scratch)
            }
        }
    }
}

/// Keys and values of one layer, filled with small numbers.
private struct BenchmarkCache {
    let keys: Attention.Cache
    let values: Attention.Cache

    init(_ heads: Int, _ headSize: Int, _ total: Int, _ type: Attention.CacheType) {
        func cache(isPanelled: Bool) -> Attention.Cache {
            // Room for more, so that heads lie apart, as they do in a session.
            let capacity = (total + 63) / 64 * 64 + 512
            let bytes = heads * capacity * headSize * type.byteCount
            let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 1 << 21)
            let scales = UnsafeMutablePointer<Float>.allocate(capacity: heads * capacity)
            scales.initialize(repeating: 0.01, count: heads * capacity)
            let rows = floats(headSize * total, seed: 7)
            defer { rows.deallocate() }
            for head in 0..<heads {
                KernelSet.current.storeCacheRows(
                    UnsafePointer(rows.baseAddress!), stride: headSize, rows: total, headSize: headSize,
                    into: memory + head * capacity * headSize * type.byteCount,
                    scales: scales + head * capacity, first: 0, type: type, isPanelled: isPanelled)
            }
            var cache = Attention.Cache(base: memory, headStride: capacity * headSize, rowStride: headSize)
            cache.isPanelled = isPanelled
            cache.scales = scales
            cache.scaleStride = capacity
            return cache
        }
        keys = cache(isPanelled: true)
        values = cache(isPanelled: false)
    }

    func free() {
        for cache in [keys, values] {
            UnsafeMutableRawPointer(mutating: cache.base).deallocate()
            cache.scales?.deallocate()
        }
    }
}
