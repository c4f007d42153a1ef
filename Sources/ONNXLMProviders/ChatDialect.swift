// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXHTTP
    import ONNXJSON
    import ONNXLM

    /// How one remote interface puts requests and answers into HTTP.
    protocol ChatDialect: Sendable {
        /// The address, the headers beside the usual ones, and the body.
        ///
        /// - Throws: an error for what the interface cannot express.
        func post(
            _ request: ChatRequest, streaming: Bool
        ) throws(ONNXError) -> (url: String, headers: HTTPFields, body: JSONValue)

        /// The header that carries the key.
        func authorization(_ key: APIKey) -> (name: String, value: String)

        /// What a whole answer says; nil when it is none.
        func parts(of answer: JSONValue) -> [ChatPart]?

        /// What an event of a stream says; nil when it is none of the interface.
        func parts(of event: ServerSentEvent) throws(ONNXError) -> [ChatPart]?

        /// What the body of an error says.
        func failure(of body: JSONValue) -> ChatFailure?
    }

    /// One thing that an answer, or an event of a stream, says.
    enum ChatPart: Sendable, Hashable {
        case text(String)
        case finish(ChatResponse.FinishReason)
        case promptTokens(Int)
        case generatedTokens(Int)
        case model(String)

        /// The provider ended the stream.
        case end

        /// The content was refused, with the provider's words.
        case refusal(String)
        case failure(ChatFailure)
    }

    /// An error as a provider words it.
    struct ChatFailure: Sendable, Hashable {
        var message: String

        /// What the provider's own name of the error, or a status in the body, says; nil where the status of the
        /// response decides.
        var kind: ChatProviderError.Kind?
        var status: Int?
        var retryAfter: Duration?
    }

    extension JSONValue {
        /// A number that was a binary32, with the digits that it was written with.
        static func shortest(_ value: Float) -> JSONValue { .number(JSONNumber(Double("\(value)") ?? 0)) }
    }
#endif
