// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXHTTPTestSupport
    import ONNXJSON
    import ONNXLM
    import ONNXLMProviders
    import ONNXTestSupport
    import Testing

    @Suite struct ManyRequestsTests {
        private static let faults = [
            "", "", "", "status 429", "status 429 0", "status 500", "status 503 3600", "html", "malformed",
            "cut 0",
            "event-error", "unknown", "html-error", "status 401", "status 404",
        ]

        /// A thousand requests, streamed and not, over three interfaces with faults of all kinds, 100 at a time, behind
        /// them a sound service. Every request gets one answer, its own; nothing is answered twice.
        @Test func ofAThousandMixedRequestsNoneIsLostAndNoneAnsweredTwice() async throws {
            var services: [ChatService] = []
            for interface in ChatService.Interface.allCases { services.append(try await .start(interface)) }
            let sound = try await LoopbackServer.start { request, answer in
                let body = try JSONValue.parse(request.body)
                let text = body["messages"]?.arrayValue?.last?["content"]?.stringValue ?? ""
                let wire = ChatWire(interface: .openAI)
                let number = String(text.split { $0 == " " || $0 == "#" }.last ?? "")
                if body["stream"]?.boolValue == true {
                    try await answer.begin(status: 200, ["content-type": "text/event-stream"])
                    for event in wire.stream("echo: \(number)") { try await answer.write(event) }
                    try await answer.end()
                } else {
                    try await answer.send(
                        status: 200, ["content-type": "application/json"], wire.whole("echo: \(number)"))
                }
            }
            let servers = services.map(\.server) + [sound]
            defer { for server in servers { server.stop() } }
            var settings = OpenAICompatibleProvider.Settings()
            settings.name = "sound"
            let last = try OpenAICompatibleProvider(url: sound.url, model: "m", settings: settings)
            var policy = FallbackPolicy()
            // Without a limit for the first text an answer in one piece is asked for in one piece.
            policy.firstTokenTimeout = nil
            policy.retryCount = 1
            policy.retryDelay = .milliseconds(5)
            policy.circuitBreakerThreshold = 0
            let fallbacks = try services.map { FallbackProvider([try $0.provider(), last], policy: policy) }

            let results = try await withThrowingTaskGroup(of: Outcome.self) { group in
                var results: [Outcome] = []
                for number in 0..<1000 {
                    if number >= 100, let outcome = try await group.next() { results.append(outcome) }
                    let fault = Self.faults[number % Self.faults.count]
                    let text = fault.isEmpty ? "\(number)" : "fault \(fault) #\(number)"
                    let fallback = fallbacks[number % fallbacks.count]
                    group.addTask { try await Self.ask(fallback, text, number, streams: number % 2 == 0) }
                }
                for try await outcome in group { results.append(outcome) }
                return results
            }

            #expect(results.count == 1000)
            #expect(Set(results.map(\.number)).count == 1000)
            var bySound: [Int] = []
            for result in results {
                #expect(result.finished == 1, "\(result.number)")
                #expect(result.text == "echo: \(result.number)", "\(result.number)")
                if result.provider == "sound" { bySound.append(result.number) }
            }
            // What the sound service was asked is what it answered, each once.
            let asked = sound.requests.compactMap { request in
                (try? JSONValue.parse(request.body))?["messages"]?.arrayValue?.last?["content"]?.stringValue
                    .flatMap { $0.split { $0 == " " || $0 == "#" }.last.flatMap { Int($0) } }
            }
            #expect(asked.sorted() == bySound.sorted())
            #expect(bySound.count > 500)
        }

        private struct Outcome: Sendable {
            let number: Int
            var text = ""
            var finished = 0
            var provider = ""
        }

        private static func ask(
            _ provider: FallbackProvider, _ text: String, _ number: Int, streams: Bool
        ) async throws -> Outcome {
            var outcome = Outcome(number: number)
            if streams {
                for try await event in provider.streamResponse(to: ChatRequest(text)) {
                    switch event {
                    case .text(let more): outcome.text += more
                    case .finished(let response):
                        outcome.finished += 1
                        outcome.provider = response.provider
                    }
                }
            } else {
                let response = try await provider.respond(to: ChatRequest(text))
                outcome.text = response.text
                outcome.finished = 1
                outcome.provider = response.provider
            }
            return outcome
        }

        /// Under `localOnly` not even a connection is made.
        @Test func localOnlySendsNoByte() async throws {
            let service = try await ChatService.start(.openAI)
            defer { service.server.stop() }
            var policy = FallbackPolicy()
            policy.localOnly = true
            var request = ChatRequest("hello")
            request.options.maximumTokens = 4
            let broken = LocalProvider(path: "/nonexistent/model")
            let local = LocalProvider(path: ChatWire.templateFolder)
            let remote = try service.provider()
            await #expect(throws: ChatProviderError.self) {
                try await FallbackProvider([broken, remote], policy: policy).respond(to: request)
            }
            let response = try await FallbackProvider([remote, local], policy: policy).respond(to: request)
            #expect(response.provider == "local")
            #expect(service.server.connectionCount == 0)
            policy.localOnly = false
            _ = try await FallbackProvider([broken, remote], policy: policy).respond(to: request)
            #expect(service.server.connectionCount == 1)
        }
    }
#endif
