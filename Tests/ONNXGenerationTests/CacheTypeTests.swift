// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXGeneration
import ONNXInference
import ONNXTensors
import ONNXTestSupport
import Testing

/// What narrower caches change in a model's logits.
struct CacheTypeTests {
    static let floatFolders = ModelOracleTests.folders.filter { !ModelTolerance.isQuantized($0) }

    @Test(arguments: floatFolders, [CacheType.float16, .int16, .int8])
    func narrowCachesStayNear(folder: String, type: CacheType) throws {
        let oracle = try ModelOracle(folder: folder)
        let ids = try #require(oracle.cases.first { $0.name == "prefill" }).ids
        let exact = try Self.logits(oracle.path, ids, .float32)
        let narrow = try Self.logits(oracle.path, ids, type)
        let largest = zip(exact, narrow).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) } / oracle.deviation
        #expect(largest <= ModelTolerance.ofCache(type), "\(folder) \(type): \(largest) of the deviation")
        if ProcessInfo.processInfo.environment["ONNXLM_TEST_VERBOSE"] != nil {
            print("\(folder) \(type): \(largest)")
        }
    }

    private static func logits(_ path: String, _ ids: [Int], _ type: CacheType) throws -> [Float] {
        var options = LoadOptions()
        options.cacheType = type
        let decoder = try LanguageModel(path, options, readsTexts: false).makeDecoder()
        return try decoder.append(ids, positions: ids.count).values(as: Float.self)
    }

    /// Sessions count the bytes of the type that they keep.
    @Test(arguments: CacheType.allCases) func bytesFollowTheType(type: CacheType) throws {
        var options = LoadOptions()
        options.cacheType = type
        let path = Fixtures.models + "/0.18.0-llama-int4"
        let model = try LanguageModel(path, options, readsTexts: false)
        let decoder = try model.makeDecoder()
        _ = try decoder.append([1, 2, 3])
        let heads = try #require(model.configuration.keyValueHeadCount)
        let size = try #require(model.configuration.headSize)
        let layers = try #require(model.configuration.layerCount)
        #expect(decoder.cacheReadByteCount == 3 * 2 * layers * heads * type.byteCount(headSize: size))
        // Room for 3 tokens and an answer of 256, in blocks of 64.
        #expect(decoder.cacheByteCount == 320 * 2 * layers * heads * type.byteCount(headSize: size))
    }
}
