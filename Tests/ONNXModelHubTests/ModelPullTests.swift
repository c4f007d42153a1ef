// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Foundation
    import ONNXErrors
    import ONNXModelHub
    import ONNXModelStore
    import ONNXTestSupport
    import Synchronization
    import Testing

    @Suite(.timeLimit(.minutes(3))) struct ModelPullTests {
        @Test func aModelArrivesWhole() async throws {
            let hub = try await LoopbackHub.start(padding: 300_000)
            defer { hub.stop() }
            let fixture = try PullFixture(hub)
            let outcome = try await fixture.pull()
            try fixture.expectWhole()
            #expect(outcome.path == fixture.store.folder(of: try ModelID("acme/tiny")))
            let manifest = try #require(try fixture.store.model("acme/tiny").manifest)
            #expect(manifest.model == "acme/tiny")
            #expect(manifest.commit == String(repeating: "c", count: 40))
            #expect(!manifest.files.contains { $0.name == "README.md" || $0.name.hasPrefix(".") })
            #expect(fixture.told.contains { $0.contains("This engine runs acme/tiny") })
            let parts = hub.storageRequests.filter { $0.path.hasSuffix(".data") }
            #expect(parts.count > 4, "in ranges")

            let sent = hub.sentByteCount
            let again = try await fixture.pull()
            #expect(again.fetchedByteCount == 0)
            #expect(hub.sentByteCount == sent)
        }

        @Test func theModelFileAndTheConfigurationsComeFirst() async throws {
            let hub = try await LoopbackHub.start()
            defer { hub.stop() }
            try await PullFixture(hub).pull()
            let paths = hub.storageRequests.map(\.path)
            let model = try #require(paths.lastIndex { $0.hasSuffix("/model.onnx") })
            let data = try #require(paths.firstIndex { $0.hasSuffix(".data") })
            #expect(model < data)
        }

        @Test func theTokenGoesToTheHubAlone() async throws {
            let hub = try await LoopbackHub.start()
            defer { hub.stop() }
            try await PullFixture(hub).pull(token: "hf_verysecret\n")
            #expect(hub.hubRequests.allSatisfy { $0.headers["authorization"] == "Bearer hf_verysecret" })
            #expect(!hub.storageRequests.isEmpty)
            #expect(hub.storageRequests.allSatisfy { $0.headers["authorization"] == nil })
            let access = try HubAccess(endpoint: "http://hub.example.org", token: "hf_verysecret")
            #expect(!access.hasToken)
            #expect(access.note != nil)
            var text = ""
            dump(try HubAccess(endpoint: "https://hub.example.org", token: "hf_verysecret"), to: &text)
            #expect(!text.contains("verysecret"))
        }

        @Test func aFolderOfTheRepositoryIsFound() async throws {
            let hub = try await LoopbackHub.start(folder: "cpu/int4")
            defer { hub.stop() }
            let fixture = try PullFixture(hub)
            let outcome = try await fixture.pull()
            #expect(outcome.name == "acme/tiny/cpu/int4")
            try fixture.expectWhole(folder: "cpu/int4")
            hub.change { $0.files["gpu/model.onnx"] = [1] }
            #expect(try await fixture.pull().name == "acme/tiny/cpu/int4", "the only one for the CPU")
            hub.change { $0.files["cpu/int8/model.onnx"] = [1] }
            let error = await #expect(throws: ONNXError.self) { try await fixture.pull() }
            #expect(error?.code == "pull.choose")
            #expect(error?.message.contains("onnxlm pull acme/tiny/cpu/int8") == true)
        }

        @Test func configurationsAboveTheFolderAreTaken() async throws {
            let hub = try await LoopbackHub.start(folder: "onnx")
            defer { hub.stop() }
            hub.change { content in
                for name in ["tokenizer.json", "config.json"] {
                    content.files[name] = content.files.removeValue(forKey: "onnx/\(name)")
                }
            }
            let fixture = try PullFixture(hub)
            let outcome = try await fixture.pull("acme/tiny/onnx")
            #expect(Disk.names(in: outcome.path).contains("tokenizer.json"))
        }

        @Test func anInterruptedDownloadGoesOn() async throws {
            let hub = try await LoopbackHub.start(padding: 2_000_000)
            defer { hub.stop() }
            hub.trickle(8192, every: .milliseconds(1))
            let fixture = try PullFixture(hub)
            let started = Mutex<Task<Void, any Error>?>(nil)
            let task = Task {
                _ = try await fixture.pull(onProgress: { done in
                    if done > 1_000_000 { started.withLock { $0?.cancel() } }
                })
            }
            started.withLock { $0 = task }
            let result = await task.result
            #expect(throws: CancellationError.self) { try result.get() }
            try fixture.expectNothingHalf()
            let partial = try fixture.store.model("acme/tiny")
            #expect(partial.place == .partial)
            #expect(partial.problems().first?.contains("bytes are downloaded") == true)
            hub.change { $0.pause = .zero }
            let outcome = try await fixture.pull()
            try fixture.expectWhole()
            #expect(outcome.fetchedByteCount < 1_500_000, "\(outcome.fetchedByteCount)")
            #expect(fixture.told.contains { $0.hasPrefix("Going on with ") })
        }

        @Test func whatChangedMeanwhileIsFetchedAnew() async throws {
            let hub = try await LoopbackHub.start(padding: 500_000)
            defer { hub.stop() }
            let fixture = try PullFixture(hub)
            hub.change {
                $0.fault = { request, answer in
                    guard request.path.hasSuffix(".data"),
                        request.headers["range"]?.hasPrefix("bytes=0-") != true
                    else { return false }
                    try await answer.send(status: 404)
                    return true
                }
            }
            await #expect(throws: ONNXError.self) { try await fixture.pull() }
            hub.change {
                $0.fault = nil
                $0.commit = String(repeating: "d", count: 40)
                $0.files["model.onnx.data"]?[400_000] ^= 1
            }
            let model = hub.storageRequests.filter { $0.path.hasSuffix("/model.onnx") }.count
            try await fixture.pull()
            try fixture.expectWhole()
            #expect(hub.storageRequests.filter { $0.path.hasSuffix("/model.onnx") }.count == model)
        }

        @Test func anUpdateFetchesOnlyWhatChanged() async throws {
            let hub = try await LoopbackHub.start(padding: 500_000)
            defer { hub.stop() }
            let fixture = try PullFixture(hub)
            try await fixture.pull()
            hub.change {
                $0.commit = String(repeating: "e", count: 40)
                $0.files["config.json"]? += Array("\n".utf8)
            }
            let sent = hub.sentByteCount
            try await fixture.pull()
            try fixture.expectWhole()
            #expect(hub.sentByteCount == sent, "no large file came again")
            #expect(
                try fixture.store.model("acme/tiny").manifest?.commit == String(repeating: "e", count: 40))
        }

        @Test func damageIsMendedWithoutFetchingTheRest() async throws {
            let hub = try await LoopbackHub.start(padding: 500_000)
            defer { hub.stop() }
            let fixture = try PullFixture(hub)
            let path = try await fixture.pull().path
            var data = try Data(contentsOf: URL(fileURLWithPath: path + "/model.onnx"))
            data[10] ^= 1
            try data.write(to: URL(fileURLWithPath: path + "/model.onnx"))
            #expect(try await fixture.pull().fetchedByteCount == 0, "lengths alone do not show it")
            let mended = try await fixture.pull { $0.verifies = true }
            #expect(mended.fetchedByteCount == data.count)
            try fixture.expectWhole()
            try FileManager.default.removeItem(atPath: path + "/model.onnx.data")
            #expect(try await fixture.pull().fetchedByteCount > 500_000)
            try fixture.expectWhole()
        }

        @Test func twoPullsOfOneModelFetchItOnce() async throws {
            let hub = try await LoopbackHub.start(padding: 1_000_000)
            defer { hub.stop() }
            hub.trickle(16_384, every: .milliseconds(1))
            let fixture = try PullFixture(hub)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<3 { group.addTask { try await fixture.pull().fetchedByteCount } }
                var fetched: [Int] = []
                for try await count in group { fetched.append(count) }
                #expect(fetched.filter { $0 > 0 }.count == 1, "\(fetched)")
            }
            try fixture.expectWhole()
            let lock = try ModelLock(of: fixture.store.folder(of: try ModelID("acme/tiny")))
            let error = await #expect(throws: ONNXError.self) {
                try await fixture.pull {
                    $0.waits = false
                    $0.verifies = true
                }
            }
            #expect(error?.code == "store.locked")
            withExtendedLifetime(lock) {}
        }

        @Test func theCacheOfHuggingFaceSparesTheDownload() async throws {
            let hub = try await LoopbackHub.start()
            defer { hub.stop() }
            let scratch = try ScratchFolder()
            let commit = String(repeating: "c", count: 40)
            try scratch.copyModel("0.18.0-llama-int4", "hub/models--acme--tiny/snapshots/\(commit)")
            let store = ModelStore(
                root: scratch.file("models"), huggingFace: HuggingFaceCache(scratch.file("hub")))
            let outcome = try await ModelPull(
                store: store, access: HubAccess(endpoint: hub.endpoint), transport: .init(), tell: { _ in }
            ).run(ModelReference("acme/tiny"))
            #expect(outcome.path.hasSuffix("/snapshots/\(commit)"))
            #expect(hub.storageRequests.isEmpty)
            #expect(Disk.entry(scratch.file("models")) == nil)
        }

        @Test(.enabled(if: SmallDisk.obstacle == nil, "\(SmallDisk.obstacle ?? "")"))
        func aFullDiskIsToldBeforeTheWeights() async throws {
            let hub = try await LoopbackHub.start(padding: 4_000_000)
            defer { hub.stop() }
            let disk = try SmallDisk(kibibytes: 1024)
            let fixture = try PullFixture(hub, root: disk.path)
            try fixture.scratch.copyModel("0.18.0-llama-int4", "other")
            try FileManager.default.createDirectory(
                atPath: disk.path + "/acme", withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: fixture.scratch.file("other"), toPath: disk.path + "/acme/other")
            let error = await #expect(throws: ONNXError.self) { try await fixture.pull() }
            #expect(error?.code == "io.no_space")
            #expect(error?.message.contains("bytes free") == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("onnxlm remove acme/other") == true, "\(error?.message ?? "")")
            #expect(!hub.storageRequests.contains { $0.path.hasSuffix(".data") })
            try fixture.expectNothingHalf()
        }

        /// Others take the last bytes during the download. Room for the file was reserved, so that it arrives, and only
        /// the note of that fails; the next download finds it and needs no room for it again.
        @Test(.enabled(if: SmallDisk.obstacle == nil, "\(SmallDisk.obstacle ?? "")"))
        func aDiskThatFillsMeanwhileLosesNothing() async throws {
            let hub = try await LoopbackHub.start(padding: 3_000_000)
            defer { hub.stop() }
            hub.trickle(8192, every: .milliseconds(1))
            let disk = try SmallDisk(kibibytes: 5000)
            let fixture = try PullFixture(hub, root: disk.path)
            let filler = disk.path + "/filler"
            let isFull = Mutex(false)
            let error = await #expect(throws: ONNXError.self) {
                try await fixture.pull(onProgress: { done in
                    guard done > 500_000, isFull.withLock({ !$0 }) else { return }
                    isFull.withLock { $0 = true }
                    _ = FileManager.default.createFile(atPath: filler, contents: nil)
                    guard let file = FileHandle(forWritingAtPath: filler) else { return }
                    while (try? file.write(contentsOf: Data(repeating: 1, count: 4096))) != nil {}
                    try? file.close()
                })
            }
            #expect(error?.code == "io.no_space")
            try fixture.expectNothingHalf()
            try FileManager.default.removeItem(atPath: filler)
            let outcome = try await fixture.pull()
            try fixture.expectWhole()
            #expect(outcome.fetchedByteCount < 100_000, "\(outcome.fetchedByteCount)")
        }

        @Test func aModelThatDoesNotRunIsToldBeforeTheWeights() async throws {
            let hub = try await LoopbackHub.start()
            defer { hub.stop() }
            hub.change { content in
                var bytes = content.files["model.onnx"] ?? []
                let name = Array("MatMulNBits".utf8)
                for start in 0..<(bytes.count - name.count)
                where Array(bytes[start..<start + name.count]) == name {
                    bytes[start + 10] = UInt8(ascii: "z")
                }
                content.files["model.onnx"] = bytes
            }
            let fixture = try PullFixture(hub)
            let error = await #expect(throws: ONNXError.self) { try await fixture.pull() }
            #expect(error?.code == "op.unsupported")
            #expect(error?.message.contains("MatMulNBitz") == true)
            #expect(!hub.storageRequests.contains { $0.path.hasSuffix(".data") })
            try await fixture.pull { $0.isForced = true }
            try fixture.expectWhole()
        }
    }
#endif
