// SPDX-License-Identifier: Apache-2.0
#if Providers
    public import ONNXLM

    extension ProviderConfiguration {
        /// The provider of an entry. A key that is missing or badly kept is no error here: the provider then says so to
        /// each request, and others can answer it.
        ///
        /// - Throws: `config.*` and `http.url` for what can never work.
        public func makeProvider(
            _ entry: ProviderEntry, options: LoadOptions = LoadOptions()
        ) throws(ONNXError) -> any ChatProvider {
            if entry.kind == .local {
                let folder = try folder(of: entry)
                return LocalProvider(path: folder, name: entry.name, options: options)
            }
            guard let model = entry.model else { throw Self.noModel(entry) }
            let key: APIKey?
            do throws(ONNXError) {
                key = try Self.key(of: entry)
            } catch {
                let failure = ChatProviderError(.keyMissing, error, provider: entry.name)
                return UnavailableProvider(name: entry.name, model: model, error: failure)
            }
            switch entry.kind {
            case .local, .openAI, .openRouter, .openAICompatible:
                return try openAICompatible(entry, model, key)
            case .anthropic:
                return try AnthropicProvider(
                    model: model, key: key, name: entry.name, prices: entry.prices,
                    url: entry.url ?? "https://api.anthropic.com/v1")
            case .huggingFace:
                let interface: HuggingFaceProvider.Interface
                if let folder = entry.templateFolder {
                    interface = .textGeneration(url: entry.url, templateFolder: Self.expanded(folder))
                } else if let url = entry.url {
                    interface = .chatCompletions(url: url)
                } else {
                    interface = .chatCompletions()
                }
                return try HuggingFaceProvider(
                    model: model, key: key, interface: interface, name: entry.name, prices: entry.prices)
            }
        }

        private func openAICompatible(
            _ entry: ProviderEntry, _ model: String, _ key: APIKey?
        ) throws(ONNXError) -> any ChatProvider {
            var settings = OpenAICompatibleProvider.Settings()
            settings.name = entry.name
            settings.key = key
            settings.prices = entry.prices
            settings.headers = entry.headers
            settings.needsKey = entry.kind != .openAICompatible
            settings.allowsKeyOverPlainHTTP = entry.allowsKeyOverPlainHTTP
            settings.staysOnThisMachine = entry.staysOnThisMachine
            if entry.kind == .openAI { settings.tokenLimitField = "max_completion_tokens" }
            let usual: [ProviderKind: String] = [
                .openAI: "https://api.openai.com/v1", .openRouter: "https://openrouter.ai/api/v1",
            ]
            guard let url = entry.url ?? usual[entry.kind] ?? Self.variable("OPENAI_BASE_URL") else {
                throw ONNXError(
                    "config.provider_url",
                    "The provider \"\(entry.name)\" has no url; give it one in the configuration, or in "
                        + "OPENAI_BASE_URL.")
            }
            return try OpenAICompatibleProvider(url: url, model: model, settings: settings)
        }

        /// The key, or nil for a variable that is not set. The server that `OPENAI_BASE_URL` names gets the key of
        /// `OPENAI_API_KEY`.
        static func key(of entry: ProviderEntry) throws(ONNXError) -> APIKey? {
            switch entry.key {
            case nil:
                entry.kind == .openAICompatible && entry.url == nil
                    ? try APIKey.inEnvironment("OPENAI_API_KEY") : nil
            case .environment(let name): try APIKey.inEnvironment(name)
            case .file(let path): try APIKey.inFile(expanded(path))
            }
        }
    }

    /// In the place of a provider that cannot be made as things are: says why to each request.
    struct UnavailableProvider: ChatProvider {
        let name: String
        let model: String
        let error: ChatProviderError
        var staysOnThisMachine: Bool { false }
        var prices: ChatPrices? { nil }

        func respond(to request: ChatRequest) async throws -> ChatResponse { throw error }

        func streamResponse(to request: ChatRequest) -> ChatResponseStream {
            ChatResponseStream { _ in throw error }
        }
    }
#endif
