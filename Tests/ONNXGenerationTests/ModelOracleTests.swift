// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXGeneration
import ONNXInference
import ONNXTensors
import ONNXTestSupport
import Testing

/// The tiny models of both builder generations against onnxruntime's logits and greedy tokens, with the cache type of
/// the graphs, which onnxruntime has.
struct ModelOracleTests {
    static let folders = listFolders()

    private static func listFolders() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: Fixtures.models)) ?? []
        return names.filter { FileManager.default.fileExists(atPath: Fixtures.models + "/\($0)/oracle.json") }
            .sorted()
    }

    @Test func thereAreModels() { #expect(Self.folders.count >= 35) }

    @Test(arguments: folders) func agreesWithOnnxruntime(folder: String) throws {
        let oracle = try ModelOracle(folder: folder)
        var options = LoadOptions()
        options.cacheType = .float32
        let model = try LanguageModel(oracle.path, options, readsTexts: false)
        let tolerance = ModelTolerance.of(folder) * oracle.deviation
        for testCase in oracle.cases where testCase.name != "greedy_switch_plain" {
            var largest: Float = 0
            let decoder = try model.makeDecoder()
            if testCase.tokens.isEmpty {
                if !testCase.pastIDs.isEmpty { _ = try decoder.append(testCase.pastIDs) }
                let logits = try decoder.append(
                    testCase.ids, positions: testCase.ids.count - testCase.firstRow)
                largest = Self.largestDifference(try Self.rows(logits), testCase.rows)
            } else {
                largest = try Self.checkGreedy(testCase, decoder, tolerance)
            }
            #expect(
                largest <= tolerance,
                "\(folder) \(testCase.name): \(largest / oracle.deviation) of the deviation")
            if ProcessInfo.processInfo.environment["ONNXLM_TEST_VERBOSE"] != nil {
                print("\(folder) \(testCase.name): \(largest / oracle.deviation)")
            }
        }
    }

    /// Promised for quantised products alone: BLAS may change bits with the number of rows.
    @Test(arguments: folders, CacheType.allCases)
    func anyChunkingGivesTheSameBits(folder: String, cacheType: CacheType) throws {
        guard ModelTolerance.isQuantized(folder), !ModelTolerance.roundsStates(folder) else { return }
        let oracle = try ModelOracle(folder: folder)
        let ids = try #require(oracle.cases.first { $0.name == "prefill" }).ids
        var expected: [[UInt32]]?
        for (threads, chunk) in [(1, 512), (2, 512), (2, 1), (3, 7)] {
            var options = LoadOptions()
            options.threadCount = threads
            options.cacheType = cacheType
            options.deterministic = ModelTolerance.needsFixedOrder(folder)
            let model = try LanguageModel(oracle.path, options, readsTexts: false)
            let logits = try model.makeDecoder(chunkSize: chunk).append(
                ids, positions: ModelTolerance.isPruned(folder) ? 1 : ids.count)
            let bits = try Self.rows(logits).map { $0.map(\.bitPattern) }
            #expect(expected == nil || expected == bits, "threads \(threads), chunks of \(chunk)")
            expected = expected ?? bits
        }
    }

    /// Feeds the oracle's own tokens, so that one near tie does not spoil the rest; gives the largest difference.
    private static func checkGreedy(
        _ testCase: ModelOracle.Case, _ decoder: DecoderSession, _ tolerance: Float
    ) throws -> Float {
        var largest: Float = 0
        var pending = testCase.ids
        for (token, expected) in zip(testCase.tokens, testCase.rows) {
            let logits = try rows(decoder.append(pending))[0]
            largest = max(largest, largestDifference([logits], [expected]))
            let chosen = try #require(logits.indices.max { logits[$0] < logits[$1] })
            if chosen != token {
                let gap = expected[token] - expected[chosen]
                #expect(gap <= 2 * min(largest, tolerance), "token \(chosen), expected \(token), gap \(gap)")
            }
            pending = [token]
        }
        return largest
    }

    private static func rows(_ logits: Tensor) throws -> [[Float]] {
        let values = try logits.values(as: Float.self)
        let width = logits.shape[2]
        return (0..<logits.shape[1]).map { Array(values[$0 * width..<($0 + 1) * width]) }
    }

    private static func largestDifference(_ left: [[Float]], _ right: [[Float]]) -> Float {
        guard left.count == right.count else { return .infinity }
        var largest: Float = 0
        for (a, b) in zip(left, right) {
            guard a.count == b.count else { return .infinity }
            for (x, y) in zip(a, b) { largest = max(largest, (x - y).isNaN ? .infinity : abs(x - y)) }
        }
        return largest
    }
}
