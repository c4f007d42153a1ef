// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXGeneration
import ONNXInference
import ONNXTensors
import ONNXTestSupport
import Testing

/// Loads that share packed weights through a cache folder, against loads without one.
@Suite struct WeightCacheTests {
    /// A copy of a model, and a folder for packed weights, that go away together.
    private final class Place: Sendable {
        let model: String
        let cache: String
        private let top: URL

        init(_ name: String) throws {
            top = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            model = top.path + "/model"
            cache = top.path + "/cache"
            try FileManager.default.createDirectory(at: top, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: Fixtures.models + "/" + name, toPath: model)
        }

        deinit { try? FileManager.default.removeItem(at: top) }

        /// The files of the cache folder.
        var files: [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []).sorted().map {
                cache + "/" + $0
            }
        }

        func load(disabling passes: Set<String> = []) throws -> LanguageModel {
            var options = LoadOptions()
            options.threadCount = 2
            options.disabledPasses = passes
            options.weightCache.folder = cache
            options.weightCache.minimumByteCount = 1
            return try LanguageModel(model, options, readsTexts: false)
        }

        /// Loads, waits for the cache, and gives the logits with whether weights were mapped.
        func logits(disabling passes: Set<String> = []) throws -> (values: [Float], isMapped: Bool) {
            let model = try load(disabling: passes)
            try model.inferenceModel.finishCaching()
            return (try Self.logits(of: model), model.inferenceModel.usesCachedWeights)
        }

        static func logits(of model: LanguageModel) throws -> [Float] {
            try model.makeDecoder().append([1, 2, 3, 4, 5], positions: 5).values(as: Float.self)
        }

        func logitsWithoutCache() throws -> [Float] {
            var options = LoadOptions()
            options.weightCache = .off
            return try Self.logits(of: LanguageModel(model, options, readsTexts: false))
        }
    }

    private func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

    @Test(arguments: [
        "0.18.0-llama-int4", "0.18.0-llama-int8", "0.18.0-llama-int4-tied-kquant-mixed",
        "0.18.0-phi-int4-block16",
        "0.18.0-llama-int4-asymmetric-level1", "0.18.0-phi3longrope-int4-tied",
        "0.7.0-phi3longrope-int4-tied",
        "0.18.0-qwen2-int8-tied-block64",
    ])
    func mappedWeightsGiveTheSameBits(_ name: String) throws {
        let place = try Place(name)
        let expected = bits(try place.logitsWithoutCache())
        #expect(place.files.isEmpty)
        let first = try place.logits()
        #expect(!first.isMapped && bits(first.values) == expected)
        #expect(place.files.count == 1)
        let second = try place.logits()
        #expect(second.isMapped && bits(second.values) == expected)
    }

    @Test func changedFilesAreNoticed() throws {
        let place = try Place("0.18.0-llama-int4")
        let data = place.model + "/model.onnx.data"
        #expect(try !place.logits().isMapped)
        #expect(try place.logits().isMapped)
        // The same bytes at another time.
        utimes(data, nil)
        #expect(try !place.logits().isMapped)
        #expect(try place.logits().isMapped)
        // Other bytes of the same length, with the times set back.
        let times = try FileManager.default.attributesOfItem(atPath: data)[.modificationDate]
        var bytes = try Data(contentsOf: URL(fileURLWithPath: data))
        for index in bytes.indices { bytes[index] ^= 0x11 }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: data))
        try handle.write(contentsOf: bytes)
        try handle.close()
        try FileManager.default.setAttributes(
            [.modificationDate: #require(times)], ofItemAtPath: data)
        let changed = try place.logits()
        #expect(!changed.isMapped)
        #expect(self.bits(changed.values) == self.bits(try place.logitsWithoutCache()))
        // A longer file.
        try (bytes + Data([0])).write(to: URL(fileURLWithPath: data))
        #expect(try !place.logits().isMapped)
        #expect(place.files.count == 1, "stale files are replaced")
    }

    @Test func otherPassesHaveAFileOfTheirOwn() throws {
        let place = try Place("0.18.0-llama-int4-tied-kquant-mixed")
        #expect(try !place.logits().isMapped)
        #expect(try !place.logits(disabling: ["shared-input"]).isMapped)
        #expect(place.files.count == 2)
        #expect(try place.logits().isMapped)
        #expect(try place.logits(disabling: ["shared-input"]).isMapped)
    }

    @Test func damagedFilesAreRebuilt() throws {
        let place = try Place("0.18.0-llama-int4")
        let expected = bits(try place.logits().values)
        let file = try #require(place.files.first)
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        var damaged: [Data] = [
            Data(), Data([1]), whole.prefix(63), whole.prefix(4095), whole.dropLast(), whole + [0],
        ]
        for position in [0, 8, 17, 41, 60, 100, 300] {
            var bytes = whole
            bytes[position] ^= 0x40
            damaged.append(bytes)
        }
        for bytes in damaged {
            try bytes.write(to: URL(fileURLWithPath: file))
            chmod(file, 0o600)
            let rebuilt = try place.logits()
            #expect(!rebuilt.isMapped && self.bits(rebuilt.values) == expected)
            #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == whole)
        }
    }

    @Test func damagedSectionsAreToldAndRebuilt() throws {
        let place = try Place("0.18.0-llama-int4")
        let expected = bits(try place.logits().values)
        let file = try #require(place.files.first)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        // A scale or a value of some panel, behind the header of a packed matrix.
        let middle = bytes.count / 2
        bytes[middle] ^= 0xFF
        try bytes.write(to: URL(fileURLWithPath: file))
        chmod(file, 0o600)
        let model = try place.load()
        var code: String?
        for _ in 0..<60_000 where code == nil {
            do {
                try model.inferenceModel.checkFiles()
                usleep(1000)
            } catch {
                code = error.code.rawValue
            }
        }
        #expect(code == "cache.damaged")
        let rebuilt = try place.logits()
        #expect(!rebuilt.isMapped && bits(rebuilt.values) == expected)
    }

    @Test func manyLoadsAtOnceAgree() throws {
        let place = try Place("0.18.0-llama-int4")
        let expected = bits(try place.logitsWithoutCache())
        nonisolated(unsafe) var results: [[UInt32]] = Array(repeating: [], count: 8)
        nonisolated(unsafe) var errors: [String] = []
        let lock = NSLock()
        DispatchQueue.concurrentPerform(iterations: 8) { index in
            do {
                let values = try place.logits().values
                lock.withLock { results[index] = values.map(\.bitPattern) }
            } catch {
                lock.withLock { errors.append("\(error)") }
            }
        }
        #expect(errors == [])
        #expect(results.allSatisfy { $0 == expected })
        #expect(place.files.count == 1)
        #expect(try place.logits().isMapped)
    }

    #if os(Linux)
        @Test(.enabled(if: geteuid() == 0, "only root can mount a disk that cannot be written"))
        func foldersThatCannotBeWrittenAreNoError() throws {
            let place = try Place("0.18.0-llama-int4")
            try FileManager.default.createDirectory(atPath: place.cache, withIntermediateDirectories: true)
            guard mount("none", place.cache, "tmpfs", UInt(MS_RDONLY), nil) == 0 else { return }
            defer { umount(place.cache) }
            let model = try place.load()
            #expect(throws: ONNXError.self) { try model.inferenceModel.finishCaching() }
            #expect(try self.bits(Place.logits(of: model)) == self.bits(place.logitsWithoutCache()))
            #expect(place.files.isEmpty)
        }
    #endif

    @Test func aDataFileThatShrinksIsToldBeforeARun() throws {
        let place = try Place("0.18.0-llama-fp32")
        let model = try place.load()
        _ = try Place.logits(of: model)
        truncate(place.model + "/model.onnx.data", 4096)
        do {
            _ = try Place.logits(of: model)
            Issue.record("the run went on")
        } catch let error as ONNXError {
            #expect(error.code == "model.file_changed")
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("17", 17), ("20G", 20 << 30), ("3k", 3 << 10), ("1T", 1 << 40), ("", nil), ("G", nil),
            ("-1", nil), ("1.5G", nil), ("99999999999T", nil), ("12 G", nil),
        ] as [(String, Int?)])
    func limitsAreRead(_ text: String, _ expected: Int?) {
        #expect(WeightCache.byteCount(text) == expected)
    }
}
