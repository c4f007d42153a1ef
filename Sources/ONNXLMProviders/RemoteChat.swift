// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXHTTP
    import ONNXJSON
    import ONNXLM

    /// One remote model behind one interface: what all remote providers do alike.
    struct RemoteChat: Sendable {
        /// The address of a call below the address of an interface, which may end with a slash.
        static func address(_ base: String, _ call: String) -> String {
            (base.last == "/" ? String(base.dropLast()) : base) + call
        }

        let name: String
        let model: String
        let dialect: any ChatDialect
        let key: APIKey?
        let needsKey: Bool
        let prices: ChatPrices?
        let timeouts: RemoteTimeouts
        let transport: HTTPTransport

        /// Bytes of an answer, and of an error.
        private static let answerByteLimit = 32 << 20
        private static let errorByteLimit = 64 << 10

        func stream(_ request: ChatRequest) -> ChatResponseStream {
            ChatResponseStream { emit in try await run(request, streaming: true, emit) }
        }

        func respond(_ request: ChatRequest) async throws -> ChatResponse {
            try await run(request, streaming: false) { _ in }
        }

        private func run(
            _ request: ChatRequest, streaming: Bool, _ emit: (String) -> Void
        ) async throws -> ChatResponse {
            var answer = ChatAnswer()
            do {
                let response = try await send(request, streaming: streaming)
                guard (200..<300).contains(response.status) else { throw await failure(of: response) }
                if streaming {
                    try await readStream(response, &answer, emit)
                } else {
                    try await readWhole(response, &answer)
                }
            } catch let error as ONNXError {
                // The text is complete when its end was announced, whatever becomes of the connection then.
                if answer.finish == nil { throw failed(error, begun: !answer.text.isEmpty) }
            }
            return try answer.response(self, streamed: streaming)
        }

        private func send(_ request: ChatRequest, streaming: Bool) async throws -> HTTPResponse {
            guard key != nil || !needsKey else {
                throw ChatProviderError(
                    .keyMissing,
                    "There is no key for \(name). Set the variable of the environment that its configuration names, "
                        + "or give it a file that only you can read.", provider: name)
            }
            let post: (url: String, headers: HTTPFields, body: JSONValue)
            do throws(ONNXError) {
                post = try dialect.post(request, streaming: streaming)
            } catch {
                throw ChatProviderError(engine: error, provider: name)
            }
            var outgoing = HTTPRequest("POST", post.url)
            outgoing.headers = post.headers
            outgoing.headers["Content-Type"] = "application/json"
            outgoing.headers["Accept"] = streaming ? "text/event-stream" : "application/json"
            outgoing.headers["User-Agent"] = "onnxlm"
            if let key {
                let field = dialect.authorization(key)
                outgoing.headers[field.name] = field.value
            }
            outgoing.body = Array(post.body.jsonText().utf8)
            // An answer in one piece begins when it is complete.
            outgoing.limits.firstByte = streaming ? timeouts.firstByte : timeouts.total
            outgoing.limits.idle = timeouts.idle
            outgoing.limits.total = timeouts.total
            outgoing.limits.maximumBodyByteCount = Self.answerByteLimit
            return try await transport.send(outgoing)
        }

        private func readWhole(_ response: HTTPResponse, _ answer: inout ChatAnswer) async throws {
            try require("application/json", response)
            let bytes = try await response.body.collect()
            let json = try parse(bytes)
            if let failure = dialect.failure(of: json) { throw error(failure, status: response.status) }
            guard let parts = dialect.parts(of: json) else {
                throw malformed("sent an answer without a text: \(shown(bytes))")
            }
            for part in parts { try take(part, &answer) }
        }

        private func readStream(
            _ response: HTTPResponse, _ answer: inout ChatAnswer, _ emit: (String) -> Void
        ) async throws {
            if response.mediaType == "application/json" {
                let json = try parse(try await response.body.collect())
                if let failure = dialect.failure(of: json) { throw error(failure, status: response.status) }
            }
            try require("text/event-stream", response)
            var parser = ServerSentEventParser()
            for try await bytes in response.body {
                for event in try parser.read(bytes) {
                    guard let parts = try dialect.parts(of: event) else {
                        throw malformed(
                            "sent an event that its interface does not have: \(shown(event.data))")
                    }
                    for part in parts {
                        if case .end = part { return }
                        let before = answer.text.utf8.count
                        try take(part, &answer)
                        if case .text(let text) = part, answer.text.utf8.count > before { emit(text) }
                    }
                }
            }
            if answer.finish == nil {
                throw ChatProviderError(
                    .interrupted, "\(name) ended its stream before the answer was complete.", provider: name)
            }
        }

        private func take(_ part: ChatPart, _ answer: inout ChatAnswer) throws {
            switch part {
            case .refusal(let words):
                guard answer.text.isEmpty else {
                    answer.finish = .contentFilter
                    return
                }
                throw ChatProviderError(
                    .refused, "\(name) refuses to answer: \(shown(words))", provider: name)
            case .failure(let failure): throw error(failure, status: nil)
            default: answer.take(part)
            }
        }

        private func require(_ type: String, _ response: HTTPResponse) throws {
            guard response.mediaType == type else {
                throw malformed(
                    "answered with the content type \"\(shown(response.mediaType))\" in place of \(type)")
            }
        }

        private func parse(_ bytes: [UInt8]) throws -> JSONValue {
            do throws(ONNXError) {
                return try JSONValue.parse(
                    bytes, limits: JSONLimits(depth: 64, byteCount: Self.answerByteLimit))
            } catch {
                throw malformed("sent what is not JSON: \(shown(bytes))")
            }
        }

        private func failure(of response: HTTPResponse) async -> any Error {
            var bytes: [UInt8] = []
            do {
                for try await part in response.body {
                    bytes += part
                    if bytes.count > Self.errorByteLimit { break }
                }
            } catch is CancellationError {
                return CancellationError()
            } catch {
                // The status says enough.
            }
            let json = try? JSONValue.parse(bytes, limits: JSONLimits(depth: 64, byteCount: 1 << 20))
            var failure =
                json.flatMap { dialect.failure(of: $0) }
                ?? ChatFailure(message: response.mediaType == "text/html" ? "" : shown(bytes))
            failure.retryAfter = RetryAfter.duration(in: response.headers) ?? failure.retryAfter
            return error(failure, status: response.status)
        }
    }
#endif
