// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXJSON

    extension ChatWire {
        /// The last message of a prompt of the fixture's template, `<|user|>TEXT<|end|><|assistant|>`.
        static func lastMessage(ofPrompt prompt: String) -> String {
            let parts = prompt.split(separator: "<|user|>")
            return parts.last.map { String($0.prefix { $0 != "<" }) } ?? ""
        }

        /// An answer in one piece.
        func whole(_ text: String) -> String {
            let usage = Self.usage
            let json: JSONValue =
                switch interface {
                case .openAI:
                    [
                        "id": "chatcmpl-1", "object": "chat.completion", "created": 1,
                        "model": "served/model",
                        "choices": [
                            [
                                "index": 0, "finish_reason": "stop", "logprobs": nil,
                                "message": ["role": "assistant", "content": .string(text), "refusal": nil],
                            ]
                        ],
                        "usage": [
                            "prompt_tokens": .number(.integer(usage.prompt)),
                            "completion_tokens": .number(.integer(usage.generated)), "total_tokens": 16,
                        ],
                    ]
                case .anthropic:
                    [
                        "id": "msg_1", "type": "message", "role": "assistant", "model": "served/model",
                        "content": [["type": "text", "text": .string(text)]], "stop_reason": "end_turn",
                        "stop_sequence": nil,
                        "usage": [
                            "input_tokens": .number(.integer(usage.prompt)),
                            "output_tokens": .number(.integer(usage.generated)),
                        ],
                    ]
                case .textGeneration:
                    [
                        [
                            "generated_text": .string(text),
                            "details": [
                                "finish_reason": "eos_token", "input_length": .number(.integer(usage.prompt)),
                                "generated_tokens": .number(.integer(usage.generated)), "seed": nil,
                            ],
                        ]
                    ]
                }
            return json.jsonText()
        }

        /// The events of a streamed answer, a word each.
        func stream(_ text: String) -> [String] {
            let words = text.split(separator: " ", omittingEmptySubsequences: false)
            let deltas = words.enumerated().map { ($0.offset == 0 ? "" : " ") + $0.element }
            switch interface {
            case .openAI: return openAIStream(deltas)
            case .anthropic: return anthropicStream(deltas)
            case .textGeneration: return textGenerationStream(deltas)
            }
        }

        private func openAIStream(_ deltas: [String]) -> [String] {
            func chunk(_ choices: JSONValue, usage: JSONValue = nil) -> String {
                let json: JSONValue = [
                    "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1,
                    "model": "served/model",
                    "choices": choices, "usage": usage,
                ]
                return "data: \(json.jsonText())\n\n"
            }
            func choice(_ delta: JSONValue, _ reason: JSONValue = nil) -> JSONValue {
                [["index": 0, "delta": delta, "finish_reason": reason]]
            }
            return [chunk(choice(["role": "assistant", "content": ""]))]
                + deltas.map { chunk(choice(["content": .string($0)])) }
                + [
                    ": keep-alive\n\n", chunk(choice([:], "stop")),
                    chunk(
                        [],
                        usage: [
                            "prompt_tokens": .number(.integer(Self.usage.prompt)),
                            "completion_tokens": .number(.integer(Self.usage.generated)), "total_tokens": 16,
                        ]),
                    "data: [DONE]\n\n",
                ]
        }

        private func anthropicStream(_ deltas: [String]) -> [String] {
            func event(_ name: String, _ fields: JSONObject) -> String {
                var json: JSONObject = ["type": .string(name)]
                for (key, value) in zip(fields.keys, fields.values) { json[key] = value }
                return "event: \(name)\ndata: \(JSONValue.object(json).jsonText())\n\n"
            }
            let message: JSONValue = [
                "id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "served/model",
                "stop_reason": nil, "stop_sequence": nil,
                "usage": ["input_tokens": .number(.integer(Self.usage.prompt)), "output_tokens": 1],
            ]
            return [
                event("message_start", ["message": message]),
                event("content_block_start", ["index": 0, "content_block": ["type": "text", "text": ""]]),
                event("ping", [:]),
            ]
                + deltas.map {
                    event(
                        "content_block_delta",
                        ["index": 0, "delta": ["type": "text_delta", "text": .string($0)]])
                } + [
                    event("content_block_stop", ["index": 0]),
                    event(
                        "message_delta",
                        [
                            "delta": ["stop_reason": "end_turn", "stop_sequence": nil],
                            "usage": ["output_tokens": .number(.integer(Self.usage.generated))],
                        ]),
                    event("message_stop", [:]),
                ]
        }

        private func textGenerationStream(_ deltas: [String]) -> [String] {
            func event(
                _ text: String, special: Bool, _ whole: JSONValue = nil, _ details: JSONValue = nil
            ) -> String {
                let json: JSONValue = [
                    "index": 1,
                    "token": ["id": 1, "text": .string(text), "logprob": -0.5, "special": .bool(special)],
                    "generated_text": whole, "details": details,
                ]
                return "data:\(json.jsonText())\n\n"
            }
            let details: JSONValue = [
                "finish_reason": "eos_token", "generated_tokens": .number(.integer(Self.usage.generated)),
                "input_length": .number(.integer(Self.usage.prompt)), "seed": nil,
            ]
            return deltas.map { event($0, special: false) }
                + [event("<|end|>", special: true, .string(deltas.joined()), details)]
        }

        /// The body of an error.
        func error(_ words: String, _ type: String) -> String {
            let json: JSONValue =
                switch interface {
                case .openAI: ["error": ["message": .string(words), "type": .string(type), "code": nil]]
                case .anthropic:
                    ["type": "error", "error": ["type": .string(type), "message": .string(words)]]
                case .textGeneration: ["error": .string(words)]
                }
            return json.jsonText()
        }

        /// An error within a stream.
        func streamError() -> String {
            switch interface {
            case .openAI:
                #"data: {"id":"1","error":{"code":502,"message":"upstream is gone"},"choices":[]}"# + "\n\n"
            case .anthropic:
                "event: error\ndata: "
                    + #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"# + "\n\n"
            case .textGeneration: #"data:{"error":"CUDA is gone","error_type":"generation"}"# + "\n\n"
            }
        }
    }
#endif
