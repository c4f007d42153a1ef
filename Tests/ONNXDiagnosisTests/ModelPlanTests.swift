// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXDiagnosis
import ONNXErrors
import ONNXGeneration
import ONNXInference
import ONNXTensors
import ONNXTestSupport
import Testing

/// Plans are compared with what loading and running the model takes.
struct ModelPlanTests {
    static let fixtures = [
        "0.18.0-llama-int4", "0.18.0-phi3longrope-int4-tied", "0.18.0-llama-int8", "0.18.0-phi-int4-block16",
        "0.18.0-qwen2-int8-tied-block64", "0.7.0-qwen2-int4-asymmetric", "0.18.0-llama-fp32",
        "0.18.0-granite-int4-kquant-block16", "torchscript-llama-opset14",
    ]

    private func budget(_ bytes: Int) throws -> MemoryBudget {
        MemoryBudget(
            memoryInfo: "MemTotal: \(bytes / 1024) kB\nMemAvailable: \(bytes / 1024) kB\n", groups: "/none",
            root: "/none")
    }

    private func plan(
        _ fixture: String, context: Int? = nil, bytes: Int = 1 << 34, type: CacheType = .float16
    ) throws -> ModelPlan {
        var options = LoadOptions()
        options.weightCache = .off
        options.cacheType = type
        return try ModelPlan(
            path: "\(Fixtures.models)/\(fixture)", options: options, context: context, measuresSpeed: false,
            memory: budget(bytes))
    }

    @Test(arguments: fixtures) func packedAndCacheBytesAreThoseOfTheLoadedModel(fixture: String) throws {
        for type in CacheType.allCases {
            var options = LoadOptions()
            options.weightCache = .off
            options.cacheType = type
            let model = try LanguageModel("\(Fixtures.models)/\(fixture)", options, readsTexts: false)
            let plan = try plan(fixture, context: 64, type: type)
            let packed = model.inferenceModel.weightByteCount
            if plan.packedByteCount > 0 {
                #expect(
                    plan.packedByteCount >= packed - plan.mappedByteCount, "\(plan.packedByteCount) \(packed)"
                )
                #expect(
                    Double(plan.packedByteCount) <= 1.25 * Double(packed), "\(plan.packedByteCount) \(packed)"
                )
            }
            let decoder = try model.makeDecoder()
            _ = try decoder.append(Array(1...20))
            let cache = try #require(plan.caches.first { $0.type == type })
            #expect(cache.bytesPerToken * 20 == decoder.cacheReadByteCount)
        }
    }

    @Test func theLongestContextIsTheLongestThatFits() throws {
        let fixture = "0.18.0-llama-int4"
        let all = try plan(fixture, context: 1)
        let weights = all.neededByteCount - (all.caches.first { $0.type == .float16 }?.byteCount ?? 0)
        for tokens in [1, 64, 65, 100] {
            let need = try #require(try plan(fixture, context: tokens).caches.first { $0.type == .float16 })
            let tight = try plan(
                fixture, context: tokens, bytes: (weights + need.byteCount + 1023) / 1024 * 1024)
            #expect(tight.memoryError == nil)
            let longest = try #require(tight.caches.first { $0.type == .float16 }).longestContext
            #expect(longest >= tokens)
            #expect(longest <= (tokens + 127) / 64 * 64)
        }
        let none = try plan(fixture, context: 16, bytes: 1 << 20)
        #expect(!none.fits)
        #expect(none.memoryError?.code == "memory.insufficient")
        #expect(none.caches.allSatisfy { $0.longestContext == 0 })
        #expect(try plan(fixture).fits)
        #expect(!(try plan(fixture, context: 1 << 20).fits))
    }

    @Test func missingWeightsAreToldAndCountedAsDiskNeeded() throws {
        let scratch = try ScratchFolder()
        let folder = try scratch.copyModel("0.18.0-llama-int4", "tiny")
        let data = folder + "/model.onnx.data"
        let size = try #require(FileManager.default.attributesOfItem(atPath: data)[.size] as? Int)
        try FileManager.default.removeItem(atPath: data)
        let plan = try ModelPlan(
            path: folder, options: LoadOptions(), context: nil, measuresSpeed: false, memory: budget(1 << 34))
        #expect(plan.missing.count == 1)
        let disk = try #require(plan.disks.first { $0.purpose == "weights" })
        #expect(disk.neededByteCount <= size && disk.neededByteCount > size - 4096)
        #expect(disk.freeByteCount > 0)
    }

    @Test(.serialized, arguments: ["0.18.0-llama-int4", "0.18.0-llama-fp32"])
    func speedIsMeasured(fixture: String) async throws {
        let plan = try await TestEnvironment.aside {
            var options = LoadOptions()
            options.threadCount = 1
            return try ModelPlan(path: "\(Fixtures.models)/\(fixture)", options: options)
        }
        // How long it takes depends on what else the machine does, and on who waits beside it.
        let speed = try #require(plan.speed)
        #expect(speed.prefillRate > 1)
        #expect(speed.decodeRate > 1)
    }
}
