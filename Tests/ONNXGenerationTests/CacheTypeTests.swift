// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXGeneration
import ONNXInference
import ONNXKernels
import ONNXTensors
import ONNXTestSupport
import Testing

/// What narrower caches change in a model's logits.
struct CacheTypeTests {
    /// Without those that round what they compute to 8 bits, be they activations quantised to int8 or values in bfloat16:
    /// there a value on a border goes the other way for any change, however small, and that hides what the cache does.
    static let floatFolders = ModelOracleTests.folders.filter {
        !ModelTolerance.isQuantized($0) && !ModelTolerance.quantizesRowsTogether($0)
            && !ModelTolerance.isBrainPrecision($0)
    }

    @Test(arguments: floatFolders, [CacheType.float16, .int16, .bfloat16, .int8])
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

    struct Choice: Sendable {
        var quantizesActivations: Bool
        var headSizes: [Int]
        var level: CPULevel
        var type: CacheType
    }

    static let choices = [
        Choice(quantizesActivations: true, headSizes: [64, 64], level: .avx512vnni, type: .int16),
        Choice(quantizesActivations: true, headSizes: [8, 256], level: .avx512vnni, type: .int16),
        Choice(quantizesActivations: true, headSizes: [64, 96], level: .amx, type: .bfloat16),
        Choice(quantizesActivations: true, headSizes: [64, 80], level: .amx, type: .int16),
        Choice(quantizesActivations: false, headSizes: [64, 64], level: .amx, type: .float16),
        Choice(quantizesActivations: true, headSizes: [64, 64], level: .avx2, type: .float16),
        Choice(quantizesActivations: true, headSizes: [64, 64], level: .reference, type: .float16),
        Choice(quantizesActivations: true, headSizes: [64, 20], level: .avx512vnni, type: .float16),
        Choice(quantizesActivations: true, headSizes: [7, 7], level: .avx512vnni, type: .float16),
        Choice(quantizesActivations: false, headSizes: [64, 64], level: .avx512vnni, type: .float16),
    ]

    @Test(arguments: choices) func theTypeFollowsModelAndProcessor(choice: Choice) {
        let type = CacheType.automatic(
            quantizesActivations: choice.quantizesActivations, headSizes: choice.headSizes,
            level: choice.level)
        #expect(type == choice.type)
    }

    /// What a session keeps without being told, and with; level 1 multiplies float activations.
    @Test(arguments: [("0.18.0-llama-int4", true), ("0.18.0-llama-int4-asymmetric-level1", false)])
    func sessionsKeepTheChosenType(fixture: String, isQuantized: Bool) throws {
        var options = LoadOptions()
        let path = Fixtures.models + "/" + fixture
        let level = KernelSet.current.level
        let quantized: CacheType = level >= .amx ? .bfloat16 : level >= .avx512vnni ? .int16 : .float16
        for chosen in [nil] + CacheType.allCases.map({ Optional($0) }) {
            options.cacheType = chosen
            let decoder = try LanguageModel(path, options, readsTexts: false).makeDecoder()
            #expect(decoder.cacheType == chosen ?? (isQuantized ? quantized : .float16))
        }
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
