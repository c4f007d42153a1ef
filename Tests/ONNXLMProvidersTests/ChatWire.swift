// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXHTTP
    import ONNXHTTPTestSupport
    import ONNXJSON
    import ONNXTestSupport

    /// How a ``ChatService`` reads requests and answers them.
    struct ChatWire: Sendable {
        let interface: ChatService.Interface

        static let templateFolder = Fixtures.models + "/0.18.0-llama-int4"
        static let usage = (prompt: 11, generated: 5)

        func answer(_ request: LoopbackServer.Request, _ answer: LoopbackAnswer) async throws {
            guard let problem = problem(in: request) else { return try await answerWell(request, answer) }
            try await answer.send(
                status: problem.status, ["content-type": "application/json"],
                error(problem.words, problem.type))
        }

        /// What the documentation requires of a request and this one does not have.
        private func problem(
            in request: LoopbackServer.Request
        ) -> (status: Int, words: String, type: String)? {
            let paths = [
                "openAI": "/v1/chat/completions", "anthropic": "/v1/messages",
                "textGeneration": "/models/\(ChatService.model)",
            ]
            guard request.method == "POST", request.path == paths[interface.rawValue] else {
                return (404, "Not Found: \(request.method) \(request.path)", "not_found_error")
            }
            let bearer = request.headers["authorization"]
            let isKnown =
                interface == .anthropic
                ? request.headers["x-api-key"] == ChatService.key : bearer == "Bearer \(ChatService.key)"
            // A service that repeats the key, as some do.
            guard isKnown else {
                let shown = request.headers["x-api-key"] ?? bearer ?? "none"
                return (401, "Incorrect API key provided: \(shown)", "authentication_error")
            }
            guard request.headers["content-type"] == "application/json",
                let body = try? JSONValue.parse(request.body)
            else { return (400, "The body is not JSON.", "invalid_request_error") }
            switch interface {
            case .openAI, .anthropic:
                guard body["model"]?.stringValue == ChatService.model,
                    let messages = body["messages"]?.arrayValue, !messages.isEmpty
                else { return (400, "model and messages are required", "invalid_request_error") }
                if interface == .anthropic {
                    guard request.headers["anthropic-version"] == "2023-06-01",
                        (body["max_tokens"]?.intValue ?? 0) > 0,
                        messages.allSatisfy({ ["user", "assistant"].contains($0["role"]?.stringValue) })
                    else { return (400, "version, max_tokens or roles are wrong", "invalid_request_error") }
                }
            case .textGeneration:
                guard body["inputs"]?.stringValue != nil else {
                    return (422, "inputs is required", "validation")
                }
            }
            return nil
        }

        private func answerWell(_ request: LoopbackServer.Request, _ answer: LoopbackAnswer) async throws {
            let body = try JSONValue.parse(request.body)
            let message = lastMessage(body)
            let words = message.split(separator: " ").map(String.init).filter { !$0.hasPrefix("#") }
            let streams = body["stream"]?.boolValue == true
            let json: HTTPFields = ["content-type": "application/json"]
            let events: HTTPFields = ["content-type": "text/event-stream; charset=utf-8"]
            guard words.first == "fault", words.count > 1 else {
                if !streams { return try await answer.send(status: 200, json, whole("echo: " + message)) }
                try await answer.begin(status: 200, events)
                for event in stream("echo: " + message) { try await answer.write(event) }
                return try await answer.end()
            }
            switch words[1] {
            case "status":
                var headers = json
                if words.count > 3 { headers["retry-after"] = words[3] }
                let status = Int(words[2]) ?? 500
                try await answer.send(
                    status: status, headers, error("out of order \(status)", Self.type(status)))
            case "html":
                try await answer.send(status: 200, ["content-type": "text/html"], "<html>Welcome</html>")
            case "html-error":
                try await answer.send(status: 502, ["content-type": "text/html"], "<html>Bad Gateway</html>")
            case "slow":
                try await Task.sleep(for: .seconds(20))
                try await answer.send(status: 200, json, whole("too late"))
            case "stall":
                try await answer.begin(status: 200, streams ? events : json)
                if streams { try await answer.write(stream("a b")[0]) }
                try await Task.sleep(for: .seconds(20))
            case "malformed":
                let text = streams ? "data: {\"choices\": [}\n\n" : "{\"choices\": [}"
                try await answer.send(status: 200, streams ? events : json, text)
            case "unknown":
                let text = streams ? "data: {\"surprise\": 1}\n\n" : "{\"surprise\": 1}"
                try await answer.send(status: 200, streams ? events : json, text)
            case "oversized":
                try await answer.begin(status: 200, streams ? events : json)
                let part = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
                for _ in 0..<40 { try await answer.write(part) }
                try await answer.end()
            case "cut":
                try await answer.begin(status: 200, streams ? events : ["content-length": "1000"] + json)
                let parts = streams ? stream("one two three") : ["{"]
                for event in parts.prefix(Int(words[2]) ?? 0) { try await answer.write(event) }
                // A client that learns of the end in the same read as of the last bytes may drop these.
                try await Task.sleep(for: .milliseconds(50))
                await answer.cut()
            case "event-error":
                try await answer.begin(status: 200, events)
                try await answer.write(streamError())
                try await answer.end()
            case "redirect":
                try await answer.send(status: 307, ["location": "http://127.0.0.1:1/elsewhere"])
            default: try await answer.send(status: 400, json, error("unknown fault", "invalid_request_error"))
            }
        }

        private static func type(_ status: Int) -> String {
            [
                400: "invalid_request_error", 401: "authentication_error", 403: "permission_error",
                404: "not_found_error", 429: "rate_limit_error", 529: "overloaded_error",
            ][status] ?? "api_error"
        }

        private func lastMessage(_ body: JSONValue) -> String {
            if let messages = body["messages"]?.arrayValue {
                return messages.last?["content"]?.stringValue ?? ""
            }
            // The template of the fixture puts each message between its role's sign and the next sign.
            let prompt = body["inputs"]?.stringValue ?? ""
            return ChatWire.lastMessage(ofPrompt: prompt)
        }
    }

    extension HTTPFields {
        static func + (left: HTTPFields, right: HTTPFields) -> HTTPFields {
            var result = left
            for field in right.fields { result.add(field.name, field.value) }
            return result
        }
    }
#endif
