// SPDX-License-Identifier: Apache-2.0
#if Providers
    public import ONNXLM
    import ONNXModelStore

    /// What is known of a configured provider without asking anybody else, and what a measurement adds.
    public struct ProviderStatus: Sendable, Hashable {
        public var entry: ProviderEntry

        /// Nil when it can be asked; else why not.
        public var problem: ONNXError?
        public var staysOnThisMachine = false
        public var prices: ChatPrices?

        /// Bytes of the model's folder.
        public var diskByteCount: Int?

        /// Seconds to the first token, of a measurement.
        public var secondsToFirstToken: Double?
        public var tokensPerSecond: Double?

        init(entry: ProviderEntry) { self.entry = entry }
    }

    extension ProviderConfiguration {
        /// Looks whether an entry could be asked: its key, its model's folder, whether the engine runs the model.
        ///
        /// - Parameter measures: asks it for a few tokens; a remote provider gets a request, which may cost.
        public func status(
            of entry: ProviderEntry, measures: Bool, options: LoadOptions = LoadOptions()
        ) async throws -> ProviderStatus {
            var status = ProviderStatus(entry: entry)
            do throws(ONNXError) {
                let provider = try makeProvider(entry, options: options)
                status.staysOnThisMachine = provider.staysOnThisMachine
                status.prices = provider.prices
                if entry.kind == .local {
                    status.diskByteCount = Disk.byteCount(ofFolder: try folder(of: entry))
                } else if entry.kind != .openAICompatible, try Self.key(of: entry) == nil {
                    throw ONNXError("provider.key_missing", Self.keyHint(entry))
                } else {
                    _ = try Self.key(of: entry)
                }
                if measures { try await measure(provider, &status) }
            } catch {
                status.problem = error
            }
            try Task.checkCancellation()
            return status
        }

        private static func keyHint(_ entry: ProviderEntry) -> String {
            if case .environment(let name)? = entry.key { return "The variable \(name) is not set." }
            return "There is no key."
        }

        private func measure(
            _ provider: any ChatProvider, _ status: inout ProviderStatus
        ) async throws(ONNXError) {
            if let local = provider as? LocalProvider {
                // The time for loading is no latency of requests.
                do { _ = try await local.load() } catch { throw Self.plain(error) }
            }
            var request = ChatRequest("Count from one to twenty in words.")
            request.options.maximumTokens = 32
            request.options.ignoresEndOfSequence = true
            do {
                let response = try await provider.streamResponse(to: request).collect()
                status.secondsToFirstToken = response.secondsToFirstToken
                status.tokensPerSecond = response.tokensPerSecond
            } catch {
                throw Self.plain(error)
            }
        }

        private static func plain(_ error: any Error) -> ONNXError {
            (error as? ChatProviderError)?.error ?? (error as? ONNXError)
                ?? ONNXError("run.cancelled", "The measurement was given up.")
        }
    }
#endif
