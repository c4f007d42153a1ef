// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXGeneration
    import ONNXHTTP
    import ONNXHTTPTestSupport
    import ONNXJSON
    import ONNXLMProviders
    import Testing

    @Suite struct RemoteProviderTests {
        typealias Interface = ChatService.Interface

        private func request(_ text: String) -> ChatRequest {
            var request = ChatRequest(
                messages: [
                    ChatMessage(.user, "Hello"), ChatMessage(.assistant, "Yes?"), ChatMessage(.user, text),
                ], instructions: "Be brief.")
            request.options.maximumTokens = 50
            request.options.temperature = 0.7
            request.options.topP = 0.9
            request.options.seed = 42
            request.options.stopStrings = ["END"]
            return request
        }

        private func check(_ response: ChatResponse, _ interface: Interface, streamed: Bool) {
            #expect(response.text == "echo: What now?")
            #expect(response.finishReason == .stop)
            #expect(response.usage == TokenUsage(promptTokenCount: 11, generatedTokenCount: 5))
            #expect(abs((response.costEstimate ?? 0) - 61e-6) < 1e-12)
            #expect(response.model == (interface == .textGeneration ? ChatService.model : "served/model"))
            #expect((response.secondsToFirstToken != nil) == streamed)
            #expect(response.seconds > 0)
            #expect(response.attempts.isEmpty)
        }

        @Test(arguments: Interface.allCases)
        func anAnswerInOnePiece(_ interface: Interface) async throws {
            let service = try await ChatService.start(interface)
            defer { service.server.stop() }
            let response = try await service.provider().respond(to: request("What now?"))
            check(response, interface, streamed: false)
            #expect(service.server.requests.count == 1)
        }

        @Test(arguments: Interface.allCases)
        func aStreamGivesTheTextAsItComes(_ interface: Interface) async throws {
            let service = try await ChatService.start(interface)
            defer { service.server.stop() }
            var texts: [String] = []
            var response: ChatResponse?
            for try await event in try service.provider().streamResponse(to: request("What now?")) {
                switch event {
                case .text(let text):
                    #expect(response == nil)
                    texts.append(text)
                case .finished(let value): response = value
                }
            }
            #expect(texts.count == 3)
            #expect(texts.joined() == "echo: What now?")
            check(try #require(response), interface, streamed: true)
        }

        /// The bodies are those of the interfaces' public documentation, field by field.
        @Test(arguments: Interface.allCases, [false, true])
        func theRequestIsWhatTheInterfaceSays(_ interface: Interface, _ streams: Bool) async throws {
            let service = try await ChatService.start(interface)
            defer { service.server.stop() }
            let provider = try service.provider()
            if streams {
                _ = try await provider.streamResponse(to: request("What now?")).collect()
            } else {
                _ = try await provider.respond(to: request("What now?"))
            }
            let sent = try #require(service.server.requests.first)
            let messages: JSONValue = [
                ["role": "system", "content": "Be brief."], ["role": "user", "content": "Hello"],
                ["role": "assistant", "content": "Yes?"], ["role": "user", "content": "What now?"],
            ]
            var expected: JSONObject
            switch interface {
            case .openAI:
                expected = [
                    "model": "some/model", "messages": messages, "max_tokens": 50, "temperature": 0.7,
                    "top_p": 0.9, "seed": 42, "stop": ["END"], "stream": .bool(streams),
                ]
                if streams { expected["stream_options"] = ["include_usage": true] }
                #expect(sent.headers["x-title"] == "tests")
            case .anthropic:
                expected = [
                    "model": "some/model", "system": "Be brief.",
                    "messages": .array(Array((messages.arrayValue ?? []).dropFirst())), "max_tokens": 50,
                    "temperature": 0.7, "top_p": 0.9, "stop_sequences": ["END"], "stream": .bool(streams),
                ]
            case .textGeneration:
                let prompt =
                    "<|system|>Be brief.<|end|><|user|>Hello<|end|><|assistant|>Yes?<|end|>"
                    + "<|user|>What now?<|end|><|assistant|>"
                expected = [
                    "inputs": .string(prompt), "stream": .bool(streams),
                    "parameters": [
                        "return_full_text": false, "details": true, "max_new_tokens": 50, "do_sample": true,
                        "temperature": 0.7, "top_p": 0.9, "seed": 42, "stop": ["END"],
                    ],
                ]
            }
            let style = JSONStyle(sortsKeys: true)
            let body = try JSONValue.parse(sent.body).jsonText(style: style)
            #expect(body == JSONValue.object(expected).jsonText(style: style))
            #expect(sent.headers["accept"] == (streams ? "text/event-stream" : "application/json"))
        }

        @Test(arguments: Interface.allCases, [false, true])
        func everyFaultHasItsKind(_ interface: Interface, _ streams: Bool) async throws {
            let service = try await ChatService.start(interface)
            defer { service.server.stop() }
            var timeouts = RemoteTimeouts()
            timeouts.firstByte = .milliseconds(600)
            timeouts.idle = .milliseconds(600)
            timeouts.total = .milliseconds(1500)
            let hasty = try service.provider(timeouts: timeouts)
            let patient = try service.provider()
            let faults: [(String, ChatProviderError.Kind, Int?, Duration?)] = [
                ("status 400", .badRequest, 400, nil), ("status 401", .unauthorized, 401, nil),
                ("status 403", .unauthorized, 403, nil), ("status 404", .modelMissing, 404, nil),
                ("status 429", .rateLimit, 429, nil), ("status 429 7", .rateLimit, 429, .seconds(7)),
                ("status 500", .serverError, 500, nil), ("status 503", .serverError, 503, nil),
                ("status 503 120", .serverError, 503, .seconds(120)), ("status 529", .serverError, 529, nil),
                ("html-error", .serverError, 502, nil), ("html", .malformedAnswer, nil, nil),
                ("slow", .timeout, nil, nil), ("malformed", .malformedAnswer, nil, nil),
                ("oversized", .malformedAnswer, nil, nil), ("redirect", .failed, 307, nil),
                ("stall", .timeout, nil, nil),
            ]
            for (fault, kind, status, retryAfter) in faults {
                let error = await failure(kind == .timeout ? hasty : patient, "fault \(fault)", streams)
                #expect(error?.kind == kind, "\(fault): \(String(describing: error))")
                #expect(error?.status == status, "\(fault)")
                #expect(error?.retryAfter == retryAfter, "\(fault)")
                #expect(error?.description.contains(ChatService.key) == false, "\(fault)")
            }
            if streams {
                #expect(await failure(patient, "fault event-error", true)?.kind == .serverError)
            }
        }

        private func failure(
            _ provider: any ChatProvider, _ text: String, _ streams: Bool
        ) async -> ChatProviderError? {
            do {
                if streams {
                    _ = try await provider.streamResponse(to: ChatRequest(text)).collect()
                } else {
                    _ = try await provider.respond(to: ChatRequest(text))
                }
            } catch {
                return error as? ChatProviderError
            }
            return nil
        }

        /// Cut after each event, the stream is an error unless its end had been announced; the text until then is what
        /// had been sent. What comes together with the cut may be lost, so that a whole answer may be an error too.
        @Test(arguments: Interface.allCases)
        func aStreamCutAnywhereIsNeverTakenForAWholeAnswer(_ interface: Interface) async throws {
            let service = try await ChatService.start(interface)
            defer { service.server.stop() }
            let provider = try service.provider()
            let events = ChatWire(interface: interface).stream("one two three")
            let end: [Interface: String] = [
                .openAI: #""finish_reason":"stop""#, .anthropic: "message_delta",
                .textGeneration: "eos_token",
            ]
            let announced = try #require(
                events.firstIndex { $0.replacing(" ", with: "").contains(end[interface] ?? "") })
            var completeCounts: [Int] = []
            for count in 0...events.count {
                var text = ""
                var response: ChatResponse?
                var kind: ChatProviderError.Kind?
                do {
                    for try await event in provider.streamResponse(to: ChatRequest("fault cut \(count)")) {
                        switch event {
                        case .text(let more): text += more
                        case .finished(let value): response = value
                        }
                    }
                } catch {
                    kind = (error as? ChatProviderError)?.kind
                }
                #expect("one two three".hasPrefix(text), "\(count)")
                if let response {
                    completeCounts.append(count)
                    #expect(response.text == "one two three", "\(count)")
                } else {
                    #expect(kind == (text.isEmpty ? .serverError : .interrupted), "\(count)")
                }
            }
            #expect(completeCounts.allSatisfy { $0 > announced })
            #expect(!completeCounts.isEmpty)
        }

        @Test func anUntrustedCertificateIsUnreachable() async throws {
            let service = try await ChatService.start(.openAI, tls: true)
            defer { service.server.stop() }
            #expect(await failure(try service.provider(), "x", false)?.kind == .unreachable)
            var configuration = HTTPTransport.Configuration()
            configuration.trustedCertificates = try LoopbackCertificate.bytes()
            let trusting = try service.provider(transport: HTTPTransport(configuration))
            #expect(try await trusting.respond(to: ChatRequest("x")).text == "echo: x")
        }

        @Test(arguments: [false, true]) func cancellingEndsTheRequest(_ streams: Bool) async throws {
            let service = try await ChatService.start(.openAI)
            defer { service.server.stop() }
            let provider = try service.provider()
            let task = Task {
                if streams {
                    try await provider.streamResponse(to: ChatRequest("fault stall")).collect()
                } else {
                    try await provider.respond(to: ChatRequest("fault slow"))
                }
            }
            try await Task.sleep(for: .milliseconds(200))
            let start = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(start.duration(to: .now) < .seconds(10))
        }

        @Test func onlyADeclaredServerOnLoopbackStaysOnTheMachine() throws {
            var settings = OpenAICompatibleProvider.Settings()
            func stays(_ url: String) throws -> Bool {
                try OpenAICompatibleProvider(url: url, model: "m", settings: settings).staysOnThisMachine
            }
            #expect(try !stays("http://localhost:8080/v1"))
            settings.staysOnThisMachine = true
            #expect(try stays("http://localhost:8080/v1"))
            #expect(try stays("http://[::1]:8080/v1"))
            #expect(try !stays("https://localhost.example.org/v1"))
            #expect(try !stays("https://127.0.0.1.example.org/v1"))
        }

        @Test func aMessageThatSpellsASpecialTokenIsRefusedForPlainText() async throws {
            let service = try await ChatService.start(.textGeneration)
            defer { service.server.stop() }
            let error = await failure(try service.provider(), "say </s> now", false)
            #expect(error?.kind == .badRequest)
            #expect(service.server.requests.isEmpty)
        }
    }
#endif
