// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXHTTP
    import ONNXHTTPTestSupport
    import ONNXJSON
    import ONNXLMProviders
    import Synchronization

    /// A service on loopback that speaks one of the interfaces as its public documentation says, with faults on demand:
    /// a request whose last message begins with `fault NAME` gets that fault, others the text `echo: ` and the message.
    struct ChatService: Sendable {
        enum Interface: String, CaseIterable, Sendable {
            case openAI, anthropic, textGeneration
        }

        static let key = "sk-very-secret-0123456789"
        static let model = "some/model"

        let interface: Interface
        let server: LoopbackServer

        static func start(_ interface: Interface, tls: Bool = false) async throws -> ChatService {
            let wire = ChatWire(interface: interface)
            let server = try await LoopbackServer.start(tls: tls) { request, answer in
                try await wire.answer(request, answer)
            }
            return ChatService(interface: interface, server: server)
        }

        /// The provider that speaks with it.
        func provider(
            key: String? = ChatService.key, timeouts: RemoteTimeouts = RemoteTimeouts(),
            transport: HTTPTransport = HTTPTransport(), name: String? = nil
        ) throws -> any ChatProvider {
            let key = try key.map { try APIKey($0) }
            let prices = ChatPrices(promptPerMillion: 1, generatedPerMillion: 10)
            switch interface {
            case .openAI:
                var settings = OpenAICompatibleProvider.Settings()
                settings.name = name ?? "openai"
                settings.key = key
                settings.needsKey = true
                settings.prices = prices
                settings.timeouts = timeouts
                settings.headers = ["X-Title": "tests"]
                return try OpenAICompatibleProvider(
                    url: server.url + "/v1", model: Self.model, settings: settings, transport: transport)
            case .anthropic:
                return try AnthropicProvider(
                    model: Self.model, key: key, name: name ?? "anthropic", prices: prices,
                    defaultMaximumTokens: 4096, timeouts: timeouts, url: server.url + "/v1",
                    transport: transport)
            case .textGeneration:
                return try HuggingFaceProvider(
                    model: Self.model, key: key,
                    interface: .textGeneration(
                        url: server.url + "/models/\(Self.model)", templateFolder: ChatWire.templateFolder),
                    name: name ?? "huggingface", prices: prices, timeouts: timeouts, transport: transport)
            }
        }
    }
#endif
