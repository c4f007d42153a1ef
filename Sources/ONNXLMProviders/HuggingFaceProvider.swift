// SPDX-License-Identifier: Apache-2.0
#if Providers
    package import ONNXHTTP
    public import ONNXLM

    /// Models behind Hugging Face's inference services.
    ///
    ///     let key = try APIKey.inEnvironment("HF_TOKEN")
    ///     let provider = try HuggingFaceProvider(model: "microsoft/Phi-4-mini-instruct", key: key)
    public struct HuggingFaceProvider: ChatProvider {
        /// Which of the two interfaces is used.
        public enum Interface: Sendable, Hashable {
            /// Chat completions of the inference router, at the address before `/chat/completions`.
            case chatCompletions(url: String = "https://router.huggingface.co/v1")

            /// The older text-generation endpoint at this whole address (nil: the model's at the router), with the chat
            /// template in a folder that has the model's `tokenizer_config.json`.
            case textGeneration(url: String? = nil, templateFolder: String)
        }

        public let model: String
        private let chat: RemoteChat

        public var name: String { chat.name }
        public var prices: ChatPrices? { chat.prices }
        public var staysOnThisMachine: Bool { false }

        /// - Parameter model: its name at the hub, such as `OWNER/NAME`; for chat completions a service may follow
        ///   (`OWNER/NAME:fastest`).
        /// - Throws: `http.url`, `key.insecure`; for text generation `model.not_found` and `template.*`.
        public init(
            model: String, key: APIKey?, interface: Interface = .chatCompletions(),
            name: String = "huggingface",
            prices: ChatPrices? = nil, timeouts: RemoteTimeouts = RemoteTimeouts()
        ) throws(ONNXError) {
            try self.init(
                model: model, key: key, interface: interface, name: name, prices: prices, timeouts: timeouts,
                transport: .shared)
        }

        package init(
            model: String, key: APIKey?, interface: Interface, name: String, prices: ChatPrices?,
            timeouts: RemoteTimeouts, transport: HTTPTransport
        ) throws(ONNXError) {
            self.model = model
            let dialect: any ChatDialect
            switch interface {
            case .chatCompletions(let url):
                try APIKey.require(safe: url, for: key)
                dialect = OpenAIDialect(
                    url: RemoteChat.address(url, "/chat/completions"), model: model, headers: [:],
                    tokenLimitField: "max_tokens",
                    asksForUsage: true)
            case .textGeneration(let url, let folder):
                let address = url ?? "https://router.huggingface.co/hf-inference/models/\(model)"
                try APIKey.require(safe: address, for: key)
                dialect = TextGenerationDialect(url: address, template: try ModelChatTemplate(folder: folder))
            }
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
