// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXGeneration
import ONNXInference
import ONNXKernels
import ONNXTensors
import ONNXTestSupport
import Testing

/// One hash of all logits for any number of threads, any chunks, any state of the cache, alone or among eight.
struct DeterminismTests {
    /// Quantised fixtures by themselves, float ones with the option.
    static let folders = ModelOracleTests.folders.filter {
        !ModelTolerance.quantizesRowsTogether($0) && !ModelTolerance.isPruned($0)
            && !ModelTolerance.roundsStates($0)
    }

    @Test(arguments: folders) func logitsHaveOneHash(folder: String) throws {
        let oracle = try ModelOracle(folder: folder)
        let ids = try #require(oracle.cases.first { $0.name == "prefill" } ?? oracle.cases.first).ids
        try Self.check(oracle.path, ids: ids, deterministic: ModelTolerance.needsFixedOrder(folder))
    }

    @Test(
        .enabled(if: TestEnvironment.defaultModel != nil, "needs the default model, which make test provides")
    )
    func logitsOfTheDefaultModelHaveOneHash() throws {
        let path = try #require(TestEnvironment.defaultModel)
        // Its activations are floats.
        try Self.check(
            path, ids: (0..<70).map { 1 + $0 * 37 % 1000 }, deterministic: !KernelSet.current.multipliesTerms,
            threads: [1, 3])
    }

    private static func check(
        _ path: String, ids: [Int], deterministic: Bool, threads: [Int] = [1, 2, 3, 8]
    ) throws {
        var expected: [UInt64]?
        func compare(_ hashes: [UInt64], _ what: String) {
            #expect(expected == nil || expected == hashes, "\(path) \(what)")
            expected = expected ?? hashes
        }
        for threads in threads {
            var options = LoadOptions()
            options.threadCount = threads
            options.deterministic = deterministic
            let model = try LanguageModel(path, options, readsTexts: false)
            for chunk in [512, 64, 7, 1] {
                let decoder = try model.makeDecoder(chunkSize: chunk)
                compare(try hashes(decoder, ids), "\(threads) threads, chunks of \(chunk)")
            }
            let decoder = try model.makeDecoder()
            compare(try grown(decoder, ids), "\(threads) threads, a grown cache")
            let whole = expected ?? []
            for (chunk, positions) in [(512, 1), (512, min(3, ids.count)), (5, 1)] {
                let last = try hashes(model.makeDecoder(chunkSize: chunk), ids, positions: positions)
                #expect(
                    last == Array(whole.suffix(positions)),
                    "\(path) \(threads) threads, chunks of \(chunk), the last \(positions) positions")
            }
            decoder.rewind(to: ids.count / 3)
            let rest = Array(ids[decoder.tokens.count...])
            let part = try hashes(decoder, rest)
            #expect(part == Array(whole.suffix(rest.count)), "\(path) \(threads) threads, a rewound cache")
        }
        var options = LoadOptions()
        options.threadCount = 2
        options.deterministic = deterministic
        let model = try LanguageModel(path, options, readsTexts: false)
        let all = ConcurrentHashes(count: 8)
        DispatchQueue.concurrentPerform(iterations: 8) { index in
            all.set(index, Result { try hashes(model.makeDecoder(chunkSize: [512, 5, 1][index % 3]), ids) })
        }
        for result in all.results { compare(try result.get(), "eight sessions") }
        for pass in InferenceModel.optimizationPasses {
            try checkWithout(pass, path, ids, options, bitsAreEqualWithout(pass) ? expected : nil)
        }
    }

    /// Without a pass there is one hash too, if another.
    private static func checkWithout(
        _ pass: String, _ path: String, _ ids: [Int], _ options: LoadOptions, _ fused: [UInt64]?
    ) throws {
        var options = options
        options.disabledPasses = [pass]
        // It leaves products of floats.
        if pass == "quantized-weights" { options.deterministic = true }
        var expected = fused
        for (threads, chunk) in [(1, 512), (3, 7)] {
            options.threadCount = threads
            let model = try LanguageModel(path, options, readsTexts: false)
            let hashes = try hashes(model.makeDecoder(chunkSize: chunk), ids)
            #expect(
                expected == nil || expected == hashes,
                "\(path) without \(pass), \(threads) threads, chunks of \(chunk)")
            expected = expected ?? hashes
        }
    }

    /// Folding computes the same by the same kernels; fusions of products share an input.
    private static func bitsAreEqualWithout(_ pass: String) -> Bool {
        ["shared-input", "last-positions", "constant-folding"].contains(pass)
    }

    /// Token by token after a first part.
    private static func grown(_ decoder: DecoderSession, _ ids: [Int]) throws -> [UInt64] {
        var result = try hashes(decoder, Array(ids.prefix(ids.count / 2)))
        for id in ids.dropFirst(ids.count / 2) { result += try hashes(decoder, [id]) }
        return result
    }

    /// One hash for each position, or for the last ones.
    private static func hashes(
        _ decoder: DecoderSession, _ ids: [Int], positions: Int? = nil
    ) throws -> [UInt64] {
        guard !ids.isEmpty else { return [] }
        let logits = try decoder.append(ids, positions: positions ?? ids.count)
        let values = try logits.values(as: Float.self)
        let width = logits.shape[2]
        return (0..<logits.shape[1]).map { row in
            values[row * width..<(row + 1) * width].reduce(0xCBF2_9CE4_8422_2325) {
                ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01B3
            }
        }
    }
}

private final class ConcurrentHashes: @unchecked Sendable {
    // Safety: every access holds the lock.
    private let lock = NSLock()
    private var values: [Result<[UInt64], any Error>]

    init(count: Int) { values = Array(repeating: .success([]), count: count) }

    func set(_ index: Int, _ value: Result<[UInt64], any Error>) { lock.withLock { values[index] = value } }

    var results: [Result<[UInt64], any Error>] { lock.withLock { values } }
}
