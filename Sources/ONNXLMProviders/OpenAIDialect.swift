// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXHTTP
    import ONNXJSON
    import ONNXLM

    /// Chat completions. Source: <https://platform.openai.com/docs/api-reference/chat>, and for errors within a stream
    /// <https://openrouter.ai/docs/api-reference/errors>.
    struct OpenAIDialect: ChatDialect {
        let url: String
        let model: String
        let headers: HTTPFields
        let tokenLimitField: String
        let asksForUsage: Bool

        func post(
            _ request: ChatRequest, streaming: Bool
        ) throws(ONNXError) -> (url: String, headers: HTTPFields, body: JSONValue) {
            var body: JSONObject = [
                "model": .string(model), "messages": .array(request.allMessages.map(\.json)),
            ]
            let options = request.options
            if let count = options.maximumTokens { body[tokenLimitField] = .number(.integer(count)) }
            if let value = options.temperature { body["temperature"] = .shortest(value) }
            if let value = options.topP { body["top_p"] = .shortest(value) }
            if let seed = options.seed { body["seed"] = .number(.integer(Int(clamping: seed & 0x7FFF_FFFF))) }
            if !options.stopStrings.isEmpty { body["stop"] = .array(options.stopStrings.map { .string($0) }) }
            body["stream"] = .bool(streaming)
            if streaming, asksForUsage { body["stream_options"] = ["include_usage": true] }
            return (url, headers, .object(body))
        }

        func authorization(_ key: APIKey) -> (name: String, value: String) {
            ("Authorization", "Bearer \(key.headerValue)")
        }

        func parts(of answer: JSONValue) -> [ChatPart]? {
            guard let choice = answer["choices"]?[0], let message = choice["message"] else { return nil }
            guard let reason = choice["finish_reason"]?.stringValue else { return nil }
            return content(of: message) + [.finish(Self.reason(reason))] + common(answer)
        }

        func parts(of event: ServerSentEvent) throws(ONNXError) -> [ChatPart]? {
            if event.data == "[DONE]" { return [.end] }
            let json = try JSONValue.parse(event.data, limits: JSONLimits(depth: 64, byteCount: 8 << 20))
            if let failure = failure(of: json) { return [.failure(failure)] }
            guard let choices = json["choices"]?.arrayValue else { return nil }
            var parts: [ChatPart] = []
            if let choice = choices.first {
                if let delta = choice["delta"] { parts += content(of: delta) }
                if let reason = choice["finish_reason"]?.stringValue {
                    parts.append(.finish(Self.reason(reason)))
                }
            }
            return parts + common(json)
        }

        private func content(of message: JSONValue) -> [ChatPart] {
            if let refusal = message["refusal"]?.stringValue, !refusal.isEmpty { return [.refusal(refusal)] }
            if let text = message["content"]?.stringValue { return [.text(text)] }
            return (message["content"]?.arrayValue ?? []).compactMap {
                $0["text"]?.stringValue.map { .text($0) }
            }
        }

        private func common(_ json: JSONValue) -> [ChatPart] {
            var parts: [ChatPart] = []
            if let model = json["model"]?.stringValue, !model.isEmpty { parts.append(.model(model)) }
            if let count = json["usage"]?["prompt_tokens"]?.intValue { parts.append(.promptTokens(count)) }
            if let count = json["usage"]?["completion_tokens"]?.intValue {
                parts.append(.generatedTokens(count))
            }
            return parts
        }

        private static func reason(_ text: String) -> ChatResponse.FinishReason {
            ChatResponse.FinishReason(rawValue: text == "eos" || text == "stop_sequence" ? "stop" : text)
        }

        func failure(of body: JSONValue) -> ChatFailure? {
            guard let error = body["error"], !error.isNull else { return nil }
            if let text = error.stringValue { return ChatFailure(message: text) }
            var failure = ChatFailure(message: error["message"]?.stringValue ?? "")
            let names = [error["code"]?.stringValue, error["type"]?.stringValue]
            for name in names.compactMap(\.self) {
                failure.kind = failure.kind ?? Self.kinds[name]
            }
            if error["metadata"]?["flagged_input"] != nil { failure.kind = .refused }
            if let status = error["code"]?.intValue, (300..<600).contains(status) { failure.status = status }
            return failure
        }

        private static let kinds: [String: ChatProviderError.Kind] = [
            "context_length_exceeded": .contextTooLong, "exceed_context_size_error": .contextTooLong,
            "content_filter": .refused, "content_policy_violation": .refused,
            "model_not_found": .modelMissing,
            "insufficient_quota": .rateLimit, "rate_limit_exceeded": .rateLimit,
            "invalid_api_key": .unauthorized,
        ]
    }
#endif
