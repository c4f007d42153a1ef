// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import Foundation
    import ONNXErrors
    import ONNXKernels
    import ONNXModelStore
    import ONNXPackCache

    #if Providers
        import ONNXHTTP
        import ONNXModelHub
    #endif

    /// `onnxlm pull`: a model from a hub, whole.
    struct PullCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pull",
            abstract: "Downloads a model from the Hugging Face hub; goes on where an earlier download ended.",
            discussion: """
                First come the small files and model.onnx, and it is told whether this engine runs the model and \
                whether the disk has room; then come the weights. HF_ENDPOINT names another hub, HF_TOKEN or the token \
                of "hf auth login" opens gated models.
                Example: onnxlm pull microsoft/Phi-4-mini-instruct-onnx/cpu_and_mobile/cpu-int4-rtn-block-32-acc-level-4
                """)

        @Argument(help: "OWNER/NAME, with /SUBFOLDER of the repository and @REVISION if wanted.")
        var model: String

        @Option(help: "Requests at a time.")
        var connections = 6

        @Flag(help: "Read the files of a model that is here already, and fetch those that are damaged.")
        var verify = false

        @Flag(help: "Fetch the weights of a model that this engine cannot run, too.")
        var force = false

        @Flag(help: "Do not wait for another process that downloads the same model.")
        var noWait = false

        func validate() throws {
            guard (1...64).contains(connections) else {
                throw ValidationError("--connections is \(connections); it has to be from 1 to 64.")
            }
        }

        func run() async throws {
            #if Providers
                try await pull()
            #else
                throw ONNXError(
                    "build.trait",
                    "This onnxlm was built without what speaks HTTP. Build it with: swift build -c release --traits Command,Providers"
                )
            #endif
        }

        #if Providers
            private func pull() async throws {
                let reference = try ModelReference(model)
                let store = try StoredModels.store()
                var options = ModelPull.Options()
                options.connections = connections
                options.verifies = verify
                options.isForced = force
                options.waits = !noWait
                var configuration = HTTPTransport.Configuration()
                configuration.maximumConnectionsPerHost = connections
                configuration.proxy = HTTPProxySettings(environment: ProcessInfo.processInfo.environment)
                let display = DownloadDisplay()
                let pull = ModelPull(
                    store: store, access: try HubAccess(StoredModels.environment),
                    transport: HTTPTransport(configuration), options: options, removable: Self.removable
                ) { event in
                    switch event {
                    case .note(let text): display.note(text)
                    case .progress(let done, let total, let file): display.show(done, total, file)
                    }
                }
                let task = Task { try await pull.run(reference) }
                let interrupt = Signals.onInterrupt { task.cancel() }
                defer { interrupt.cancel() }
                switch await task.result {
                case .success(let outcome):
                    display.finish()
                    Console.line(outcome.path)
                case .failure(is CancellationError):
                    display.finish()
                    throw ONNXError(
                        "run.cancelled",
                        "The download was interrupted; what has arrived is kept. \"onnxlm pull \(model)\" goes on from there, \"onnxlm remove \(reference.id)\" gives the bytes back."
                    )
                case .failure(let error):
                    display.finish()
                    throw error
                }
            }

            private static var removable: [(what: String, path: String, byteCount: Int, command: String)] {
                guard let path = EngineEnvironment.cacheFolder else { return [] }
                let bytes = PackCacheFolder(path: path).entries().reduce(0) { $0 + $1.byteCount }
                return [("packed weights", path, bytes, "onnxlm cache clear")]
            }
        #endif
    }
#endif
