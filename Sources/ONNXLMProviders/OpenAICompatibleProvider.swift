// SPDX-License-Identifier: Apache-2.0
#if Providers
    package import ONNXHTTP
    public import ONNXLM

    /// A service that speaks OpenAI's chat completions: OpenAI itself, OpenRouter, llama-server, vLLM, Ollama and many
    /// more.
    ///
    ///     let server = try OpenAICompatibleProvider(url: "http://localhost:8080/v1", model: "phi-4-mini")
    ///     let response = try await server.respond(to: ChatRequest("Hello"))
    public struct OpenAICompatibleProvider: ChatProvider {
        /// What differs between services.
        public struct Settings: Sendable {
            /// How answers and errors name the provider.
            public var name = "openai-compatible"
            public var key: APIKey?

            /// Whether the key may go to another machine without TLS.
            public var allowsKeyOverPlainHTTP = false

            /// Whether it is an error to have no key.
            public var needsKey = false
            public var prices: ChatPrices?

            /// Further headers of each request, such as those with which OpenRouter knows an application.
            public var headers: [String: String] = [:]

            /// The name of the field with the maximum of new tokens.
            public var tokenLimitField = "max_tokens"

            /// Asks for token counts at the end of a stream (`stream_options`).
            public var asksForUsage = true

            /// The owner's word that the server, which has to be on a loopback address, passes nothing on to other
            /// machines. Without it ``ChatProvider/staysOnThisMachine`` is false.
            public var staysOnThisMachine = false
            public var timeouts = RemoteTimeouts()

            public init() {}
        }

        public let model: String
        public let staysOnThisMachine: Bool
        private let chat: RemoteChat

        public var name: String { chat.name }
        public var prices: ChatPrices? { chat.prices }

        /// A model of a service.
        ///
        /// - Parameter url: the address before `/chat/completions`, such as `https://api.openai.com/v1`.
        /// - Throws: `http.url` for an address that is none; `key.insecure` for a key that would go to another machine without TLS.
        public init(url: String, model: String, settings: Settings = Settings()) throws(ONNXError) {
            try self.init(url: url, model: model, settings: settings, transport: .shared)
        }

        package init(
            url: String, model: String, settings: Settings, transport: HTTPTransport
        ) throws(ONNXError) {
            let address = try HTTPAddress(url)
            try APIKey.require(
                safe: url, for: settings.key, allowsPlainHTTP: settings.allowsKeyOverPlainHTTP)
            var headers = HTTPFields()
            for (name, value) in settings.headers.sorted(by: { $0.key < $1.key }) { headers.add(name, value) }
            self.model = model
            staysOnThisMachine = settings.staysOnThisMachine && address.isLoopback
            let dialect = OpenAIDialect(
                url: RemoteChat.address(url, "/chat/completions"), model: model, headers: headers,
                tokenLimitField: settings.tokenLimitField, asksForUsage: settings.asksForUsage)
            chat = RemoteChat(
                name: settings.name, model: model, dialect: dialect, key: settings.key,
                needsKey: settings.needsKey, prices: settings.prices, timeouts: settings.timeouts,
                transport: transport)
        }

        /// OpenAI's own service.
        public static func openAI(
            model: String, key: APIKey?, prices: ChatPrices? = nil
        ) throws(ONNXError) -> OpenAICompatibleProvider {
            var settings = Settings()
            settings.name = "openai"
            settings.key = key
            settings.needsKey = true
            settings.prices = prices
            settings.tokenLimitField = "max_completion_tokens"
            return try OpenAICompatibleProvider(
                url: "https://api.openai.com/v1", model: model, settings: settings)
        }

        /// OpenRouter, which may show an application's address and title in its statistics.
        public static func openRouter(
            model: String, key: APIKey?, applicationURL: String? = nil, applicationTitle: String? = nil,
            prices: ChatPrices? = nil
        ) throws(ONNXError) -> OpenAICompatibleProvider {
            var settings = Settings()
            settings.name = "openrouter"
            settings.key = key
            settings.needsKey = true
            settings.prices = prices
            settings.headers["HTTP-Referer"] = applicationURL
            settings.headers["X-Title"] = applicationTitle
            return try OpenAICompatibleProvider(
                url: "https://openrouter.ai/api/v1", model: model, settings: settings)
        }

        public func respond(to request: ChatRequest) async throws -> ChatResponse {
            try await chat.respond(request)
        }

        public func streamResponse(to request: ChatRequest) -> ChatResponseStream { chat.stream(request) }
    }

    extension HTTPTransport {
        /// The connections of all providers that are given none of their own.
        static let shared = HTTPTransport(.fromEnvironment())
    }
#endif
