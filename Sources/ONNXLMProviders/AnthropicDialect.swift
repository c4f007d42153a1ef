// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXHTTP
    import ONNXJSON
    import ONNXLM

    /// The Messages API. Source: <https://docs.anthropic.com/en/api/messages>,
    /// <https://docs.anthropic.com/en/api/messages-streaming>, <https://docs.anthropic.com/en/api/errors>.
    struct AnthropicDialect: ChatDialect {
        let url: String
        let model: String
        let defaultMaximumTokens: Int

        func post(
            _ request: ChatRequest, streaming: Bool
        ) throws(ONNXError) -> (url: String, headers: HTTPFields, body: JSONValue) {
            let messages = request.allMessages
            let system = messages.filter { $0.role == .system }.map(\.content)
            let others = messages.filter { $0.role != .system }
            if let wrong = others.first(where: { $0.role != .user && $0.role != .assistant }) {
                throw ONNXError(
                    "messages.role",
                    "The role \"\(wrong.role.rawValue)\" has no place in this provider's messages; it takes user and "
                        + "assistant, and system as instructions.")
            }
            let options = request.options
            var body: JSONObject = [
                "model": .string(model),
                "max_tokens": .number(.integer(options.maximumTokens ?? defaultMaximumTokens)),
                "messages": .array(others.map(\.json)),
            ]
            if !system.isEmpty { body["system"] = .string(system.joined(separator: "\n\n")) }
            if let value = options.temperature { body["temperature"] = .shortest(value) }
            if let value = options.topP { body["top_p"] = .shortest(value) }
            if !options.stopStrings.isEmpty {
                body["stop_sequences"] = .array(options.stopStrings.map { .string($0) })
            }
            body["stream"] = .bool(streaming)
            return (url, ["anthropic-version": "2023-06-01"], .object(body))
        }

        func authorization(_ key: APIKey) -> (name: String, value: String) { ("x-api-key", key.headerValue) }

        func parts(of answer: JSONValue) -> [ChatPart]? {
            guard answer["type"]?.stringValue == "message", let content = answer["content"]?.arrayValue,
                let reason = answer["stop_reason"]?.stringValue
            else { return nil }
            let text = content.compactMap { $0["text"]?.stringValue }.joined()
            return (text.isEmpty ? [] : [.text(text)]) + common(answer) + usage(answer["usage"])
                + finish(reason)
        }

        func parts(of event: ServerSentEvent) throws(ONNXError) -> [ChatPart]? {
            let json = try JSONValue.parse(event.data, limits: JSONLimits(depth: 64, byteCount: 8 << 20))
            switch json["type"]?.stringValue {
            case "message_start":
                let message = json["message"] ?? .null
                return common(message) + usage(message["usage"])
            case "content_block_start":
                let text = json["content_block"]?["text"]?.stringValue ?? ""
                return text.isEmpty ? [] : [.text(text)]
            case "content_block_delta":
                return json["delta"]?["text"]?.stringValue.map { [.text($0)] } ?? []
            case "message_delta":
                let reason = json["delta"]?["stop_reason"]?.stringValue
                return usage(json["usage"]) + (reason.map(finish) ?? [])
            case "message_stop": return [.end]
            case "error": return failure(of: json).map { [.failure($0)] }
            // New kinds of events may come at any time; clients are told to pass over them.
            case .some: return []
            case nil: return nil
            }
        }

        private func common(_ message: JSONValue) -> [ChatPart] {
            message["model"]?.stringValue.map { [.model($0)] } ?? []
        }

        private func usage(_ usage: JSONValue?) -> [ChatPart] {
            var parts: [ChatPart] = []
            if let count = usage?["input_tokens"]?.intValue {
                let cached = ["cache_creation_input_tokens", "cache_read_input_tokens"]
                parts.append(
                    .promptTokens(cached.reduce(count) { $0 &+ max(0, usage?[$1]?.intValue ?? 0) }))
            }
            if let count = usage?["output_tokens"]?.intValue { parts.append(.generatedTokens(count)) }
            return parts
        }

        private func finish(_ reason: String) -> [ChatPart] {
            switch reason {
            case "end_turn", "stop_sequence": [.finish(.stop)]
            case "max_tokens", "model_context_window_exceeded": [.finish(.length)]
            case "refusal": [.finish(.contentFilter)]
            default: [.finish(ChatResponse.FinishReason(rawValue: reason))]
            }
        }

        func failure(of body: JSONValue) -> ChatFailure? {
            guard body["type"]?.stringValue == "error", let error = body["error"] else { return nil }
            let message = error["message"]?.stringValue ?? ""
            let kind = error["type"]?.stringValue.flatMap { Self.kinds[$0] }
            let tooLong = kind == .badRequest && message.hasPrefix("prompt is too long")
            return ChatFailure(message: message, kind: tooLong ? .contextTooLong : kind)
        }

        private static let kinds: [String: ChatProviderError.Kind] = [
            "invalid_request_error": .badRequest, "authentication_error": .unauthorized,
            "permission_error": .unauthorized, "billing_error": .rateLimit, "not_found_error": .modelMissing,
            "request_too_large": .badRequest, "rate_limit_error": .rateLimit, "api_error": .serverError,
            "timeout_error": .timeout, "overloaded_error": .serverError,
        ]
    }
#endif
