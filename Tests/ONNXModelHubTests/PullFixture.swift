// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Foundation
    import ONNXErrors
    import ONNXHTTP
    import ONNXModelHub
    import ONNXModelStore
    import ONNXTestSupport
    import Synchronization
    import Testing

    /// A store, and pulls into it.
    final class PullFixture: Sendable {
        let hub: LoopbackHub
        let scratch: ScratchFolder
        let store: ModelStore
        private let notes = Mutex<[String]>([])

        init(_ hub: LoopbackHub, root: String? = nil) throws {
            self.hub = hub
            scratch = try ScratchFolder()
            store = ModelStore(root: root ?? scratch.file("models"))
        }

        var told: [String] { notes.withLock { $0 } }

        @discardableResult
        func pull(
            _ name: String = LoopbackHub.repository, token: String? = nil,
            _ change: (inout ModelPull.Options) -> Void = { _ in },
            onProgress: @escaping @Sendable (Int) -> Void = { _ in }
        ) async throws -> ModelPull.Outcome {
            var options = ModelPull.Options()
            options.pieceByteCount = 16 << 10
            options.connections = 4
            options.patience.pause = .milliseconds(2)
            options.patience.longestPause = .milliseconds(20)
            options.patience.firstByte = .seconds(5)
            options.patience.idle = .seconds(5)
            change(&options)
            let pull = ModelPull(
                store: store, access: try HubAccess(endpoint: hub.endpoint, token: token),
                transport: HTTPTransport(), options: options
            ) { event in
                switch event {
                case .note(let text): self.notes.withLock { $0.append(text) }
                case .progress(let done, _, _): onProgress(done)
                }
            }
            return try await pull.run(ModelReference(name))
        }

        /// Checks that the model is whole and has the hub's bytes, and nothing else is there.
        func expectWhole(folder: String = "", sourceLocation: SourceLocation = #_sourceLocation) throws {
            let name = folder.isEmpty ? LoopbackHub.repository : "\(LoopbackHub.repository)/\(folder)"
            let model = try store.model(name)
            #expect(model.place == .store, sourceLocation: sourceLocation)
            for file in [
                "config.json", "genai_config.json", "model.onnx", "model.onnx.data", "tokenizer.json",
            ] {
                guard let bytes = hub.files[folder.isEmpty ? file : "\(folder)/\(file)"] else { continue }
                let found = try Data(contentsOf: URL(fileURLWithPath: "\(model.path)/\(file)"))
                #expect([UInt8](found) == bytes, "\(file)", sourceLocation: sourceLocation)
            }
            #expect(
                try ModelVerification(model).items.allSatisfy { $0.verdict == .intact },
                sourceLocation: sourceLocation)
            let names = Disk.names(in: Disk.parent(of: model.path))
            #expect(
                names.filter { !$0.hasSuffix(".lock") }.count == 1, "\(names)", sourceLocation: sourceLocation
            )
            #expect(
                !Disk.names(in: model.path).contains {
                    $0.hasSuffix(".partial") || $0 == PartialModel.stateFileName
                },
                sourceLocation: sourceLocation)
        }

        /// Checks that nothing bears the model's name, and that every file with a final name in the folder of the
        /// unfinished download is whole.
        func expectNothingHalf(sourceLocation: SourceLocation = #_sourceLocation) throws {
            let target = store.folder(of: try ModelID(LoopbackHub.repository))
            #expect(Disk.entry(target) == nil, sourceLocation: sourceLocation)
            let staging = PartialModel.path(beside: target)
            for name in Disk.names(in: staging) where !name.hasPrefix(".") && !name.hasSuffix(".partial") {
                let found = try Data(contentsOf: URL(fileURLWithPath: "\(staging)/\(name)"))
                #expect([UInt8](found) == hub.files[name], "\(name)", sourceLocation: sourceLocation)
            }
        }
    }
#endif
