// SPDX-License-Identifier: Apache-2.0
#if Providers
    package import ONNXHTTP
    public import ONNXLM

    /// Anthropic's Messages API.
    ///
    ///     let key = try APIKey.inEnvironment("ANTHROPIC_API_KEY")
    ///     let provider = try AnthropicProvider(model: "claude-sonnet-4-5", key: key)
    ///
    /// System messages are joined to the instructions; the interface has no seed.
    public struct AnthropicProvider: ChatProvider {
        public let model: String
        private let chat: RemoteChat

        public var name: String { chat.name }
        public var prices: ChatPrices? { chat.prices }
        public var staysOnThisMachine: Bool { false }

        /// - Parameters:
        ///   - defaultMaximumTokens: new tokens at most where the request does not say; the interface wants a number.
        ///   - url: the address before `/messages`.
        /// - Throws: `http.url`, `key.insecure`.
        public init(
            model: String, key: APIKey?, name: String = "anthropic", prices: ChatPrices? = nil,
            defaultMaximumTokens: Int = 4096, timeouts: RemoteTimeouts = RemoteTimeouts(),
            url: String = "https://api.anthropic.com/v1"
        ) throws(ONNXError) {
            try self.init(
                model: model, key: key, name: name, prices: prices,
                defaultMaximumTokens: defaultMaximumTokens,
                timeouts: timeouts, url: url, transport: .shared)
        }

        package init(
            model: String, key: APIKey?, name: String, prices: ChatPrices?, defaultMaximumTokens: Int,
            timeouts: RemoteTimeouts, url: String, transport: HTTPTransport
        ) throws(ONNXError) {
            try APIKey.require(safe: url, for: key)
            self.model = model
            let dialect = AnthropicDialect(
                url: RemoteChat.address(url, "/messages"), model: model,
                defaultMaximumTokens: defaultMaximumTokens)
            chat = RemoteChat(
                name: name, model: model, dialect: dialect, key: key, needsKey: true, prices: prices,
                timeouts: timeouts, transport: transport)
        }

        public func respond(to request: ChatRequest) async throws -> ChatResponse {
            try await chat.respond(request)
        }

        public func streamResponse(to request: ChatRequest) -> ChatResponseStream { chat.stream(request) }
    }
#endif
