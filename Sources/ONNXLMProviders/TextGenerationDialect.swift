// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXChatTemplate
    import ONNXGeneration
    import ONNXHTTP
    import ONNXJSON
    import ONNXLM

    /// The text-generation task of Hugging Face's inference servers, which continues plain text: the conversation is
    /// rendered here with the model's own chat template. Source:
    /// <https://huggingface.co/docs/inference-providers/tasks/text-generation>,
    /// <https://huggingface.co/docs/text-generation-inference/reference/api_reference>.
    struct TextGenerationDialect: ChatDialect {
        let url: String
        let template: ModelChatTemplate

        func post(
            _ request: ChatRequest, streaming: Bool
        ) throws(ONNXError) -> (url: String, headers: HTTPFields, body: JSONValue) {
            let options = request.options
            var parameters: JSONObject = ["return_full_text": false, "details": true]
            if let count = options.maximumTokens { parameters["max_new_tokens"] = .number(.integer(count)) }
            // Here a temperature of 0 is an error, and greedy decoding a switch.
            if let value = options.temperature {
                parameters["do_sample"] = .bool(value > 0)
                if value > 0 { parameters["temperature"] = .shortest(value) }
            }
            if let value = options.topP, value < 1 { parameters["top_p"] = .shortest(value) }
            if let value = options.topK, value > 0 { parameters["top_k"] = .number(.integer(value)) }
            if let value = options.repetitionPenalty { parameters["repetition_penalty"] = .shortest(value) }
            if let seed = options.seed {
                parameters["seed"] = .number(.integer(Int(clamping: seed & 0x7FFF_FFFF)))
            }
            if !options.stopStrings.isEmpty {
                parameters["stop"] = .array(options.stopStrings.map { .string($0) })
            }
            let body: JSONValue = [
                "inputs": .string(try template.render(request.allMessages)),
                "parameters": .object(parameters),
                "stream": .bool(streaming),
            ]
            return (url, [:], body)
        }

        func authorization(_ key: APIKey) -> (name: String, value: String) {
            ("Authorization", "Bearer \(key.headerValue)")
        }

        func parts(of answer: JSONValue) -> [ChatPart]? {
            let result = answer[0] ?? answer
            guard let text = result["generated_text"]?.stringValue else { return nil }
            return [.text(text)] + end(result["details"])
        }

        func parts(of event: ServerSentEvent) throws(ONNXError) -> [ChatPart]? {
            if event.data == "[DONE]" { return [.end] }
            let json = try JSONValue.parse(event.data, limits: JSONLimits(depth: 64, byteCount: 8 << 20))
            if let failure = failure(of: json) { return [.failure(failure)] }
            guard let token = json["token"], let text = token["text"]?.stringValue else { return nil }
            var parts: [ChatPart] = []
            if token["special"]?.boolValue != true { parts.append(.text(text)) }
            if let whole = json["generated_text"], !whole.isNull { parts += end(json["details"]) + [.end] }
            return parts
        }

        private func end(_ details: JSONValue?) -> [ChatPart] {
            let reason = details?["finish_reason"]?.stringValue
            var parts: [ChatPart] = [.finish(reason == "length" ? .length : .stop)]
            if let count = details?["generated_tokens"]?.intValue { parts.append(.generatedTokens(count)) }
            if let count = details?["input_length"]?.intValue ?? details?["prefill"]?.arrayValue?.count,
                count > 0
            {
                parts.append(.promptTokens(count))
            }
            return parts
        }

        func failure(of body: JSONValue) -> ChatFailure? {
            guard let error = body["error"], !error.isNull else { return nil }
            let message =
                error.stringValue ?? error["message"]?.stringValue
                ?? error.arrayValue?.compactMap(\.stringValue).joined(separator: "; ") ?? ""
            var failure = ChatFailure(message: message)
            failure.kind = body["error_type"]?.stringValue.flatMap { Self.kinds[$0] }
            if let seconds = body["estimated_time"]?.doubleValue, seconds >= 0, seconds < 1e6 {
                failure.retryAfter = .seconds(seconds)
            }
            return failure
        }

        private static let kinds: [String: ChatProviderError.Kind] = [
            "overloaded": .rateLimit, "validation": .badRequest, "generation": .serverError,
            "incomplete_generation": .interrupted,
        ]
    }
#endif
