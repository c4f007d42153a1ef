// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import Logging
    import ONNXErrors
    import ONNXInference
    import ONNXLM

    /// What every command that loads a model takes.
    struct ModelOptions: ParsableArguments {
        @Argument(
            help: "The model folder, or the name of a model that \"onnxlm models\" lists.",
            transform: { StoredModels.path($0) })
        var model: String

        @OptionGroup var loading: LoadingOptions

        var loadOptions: LoadOptions { loading.loadOptions }
        var cacheType: CacheType? { loading.cacheType }

        /// Loads the model and logs what it notes.
        func load() async throws -> LanguageModel { try await loading.load(model) }

        /// Waits until the packed weights are in the cache, which a process that ends would cut short.
        func finishCaching(_ model: LanguageModel) { loading.finishCaching(model) }
    }

    /// How a model is loaded.
    struct LoadingOptions: ParsableArguments {
        @Option(help: "Threads that compute; by default the cores this process may use.")
        var threads: Int?

        @Flag(
            help: """
                Give models with float activations, too, the same bits for any division of a prompt; may be slower.
                """)
        var deterministic = false

        @Option(
            help: """
                Element type of the key/value caches: float32, float16, bfloat16, int16 or int8. By default, for models \
                with 8-bit activations, bfloat16 on processors with AMX and int16 on those with AVX-512 VNNI; else \
                float16.
                """,
            transform: NamedChoice.reader("--cache-type"))
        var cacheType: CacheType?

        @Flag(help: "Neither use nor write a cache of packed weights.")
        var noCache = false

        @Flag(help: "Say more on stderr.")
        var verbose = false

        func validate() throws {
            if let threads, !(1...1024).contains(threads) {
                throw ValidationError("--threads is \(threads); it has to be from 1 to 1024.")
            }
        }

        var loadOptions: LoadOptions {
            var options = LoadOptions()
            options.threadCount = threads
            options.deterministic = deterministic
            options.cacheType = cacheType
            options.weightCache.isEnabled = !noCache
            return options
        }

        /// Loads the model and logs what it notes.
        func load(_ path: String) async throws -> LanguageModel {
            let model = try await LanguageModel.load(from: path, options: loadOptions)
            let logger = makeLogger()
            for note in model.notes { logger.debug("\(note)") }
            return model
        }

        /// Waits until the packed weights are in the cache, which a process that ends would cut short.
        func finishCaching(_ model: LanguageModel) {
            do throws(ONNXError) {
                try model.inferenceModel.finishCaching()
            } catch {
                makeLogger().debug("\(error.description)")
            }
        }

        func makeLogger() -> Logger {
            var logger = Logger(label: "onnxlm") { StreamLogHandler.standardError(label: $0) }
            logger.logLevel = verbose ? .debug : .warning
            return logger
        }
    }
#endif
