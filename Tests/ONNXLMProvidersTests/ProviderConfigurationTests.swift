// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Foundation
    import ONNXErrors
    import ONNXHTTPTestSupport
    import ONNXJSON
    import ONNXLMProviders
    import ONNXTestSupport
    import Testing

    @Suite struct ProviderConfigurationTests {
        private func code(_ text: String) -> String? {
            do {
                _ = try ProviderConfiguration(json: JSONValue.parse(text))
                return nil
            } catch {
                return error.code.rawValue
            }
        }

        @Test func everythingIsRead() throws {
            let json: JSONValue = [
                "models": ["phi": "/models/phi"],
                "providers": [
                    "here": ["kind": "local", "model": "phi"],
                    "gateway": [
                        "kind": "openai-compatible", "url": "http://localhost:1/v1", "model": "m",
                        "key": ["file": "/keys/gateway"], "prices": ["prompt": 0.15, "generated": 0.6],
                        "headers": ["X-Team": "a"], "application_title": "T", "stays_on_this_machine": true,
                    ],
                    "anthropic": ["model": "claude", "key": ["environment": "MY_KEY"]],
                ],
                "policy": [
                    "retries": 3, "retry_delay": 0.25, "maximum_retry_delay": 9, "first_token_timeout": 20,
                    "total_deadline": 120.5, "circuit_breaker_threshold": 2, "circuit_breaker_cooldown": 60,
                    "spending_cap": 0.5, "maximum_tokens_under_cap": 200, "local_only": true,
                ],
            ]
            let configuration = try ProviderConfiguration(json: json)
            #expect(configuration.entries.map(\.name) == ["here", "gateway", "anthropic"])
            let gateway = try configuration.entry(named: "gateway:other:tag")
            #expect(gateway.model == "other:tag")
            #expect(gateway.key == .file("/keys/gateway"))
            #expect(gateway.prices == ChatPrices(promptPerMillion: 0.15, generatedPerMillion: 0.6))
            #expect(gateway.headers == ["X-Team": "a", "X-Title": "T"])
            #expect(gateway.staysOnThisMachine)
            #expect(try configuration.entry(named: "anthropic").key == .environment("MY_KEY"))
            #expect(try configuration.entry(named: "huggingface:a/b").key == .environment("HF_TOKEN"))
            #expect(try configuration.folder(of: configuration.entry(named: "here")) == "/models/phi")
            #expect(try configuration.folder(of: configuration.entry(named: "local:/other")) == "/other")
            var policy = FallbackPolicy()
            policy.retryCount = 3
            policy.retryDelay = .milliseconds(250)
            policy.maximumRetryDelay = .seconds(9)
            policy.firstTokenTimeout = .seconds(20)
            policy.totalDeadline = .milliseconds(120_500)
            policy.circuitBreakerThreshold = 2
            policy.circuitBreakerCooldown = .seconds(60)
            policy.spendingCap = 0.5
            policy.maximumTokensUnderCap = 200
            policy.localOnly = true
            #expect(configuration.policy == policy)
        }

        @Test(
            arguments: [
                (#"{"provider": {}}"#, "config.unknown_key"), (#"[]"#, "config.type"),
                (#"{"models": {"a": 1}}"#, "config.type"),
                (#"{"providers": {"a": {}}}"#, "config.provider_kind"),
                (#"{"providers": {"a": {"kind": "magic"}}}"#, "config.provider_kind"),
                (#"{"providers": {"local": {"modle": "x"}}}"#, "config.unknown_key"),
                (#"{"providers": {"openai": {"key": "sk-abcdef"}}}"#, "config.key"),
                (#"{"providers": {"openai": {"key": {}}}}"#, "config.key"),
                (#"{"providers": {"openai": {"prices": {"prompt": -1}}}}"#, "config.type"),
                (#"{"policy": {"retries": 1.5}}"#, "config.type"),
                (#"{"policy": {"total_deadline": 1e300}}"#, "config.type"),
                (#"{"policy": {"local_only": "yes"}}"#, "config.type"),
                (#"{"models": {}, "providers": {}, "policy": {}}"#, nil),
            ] as [(String, String?)])
        func whatIsWrongIsNamed(_ text: String, _ expected: String?) {
            #expect(code(text) == expected)
        }

        @Test func aKeyInTheFileIsNotRepeated() throws {
            let text = #"{"providers": {"openai": {"key": "sk-abcdef"}}}"#
            let error = #expect(throws: ONNXError.self) {
                try ProviderConfiguration(json: JSONValue.parse(text))
            }
            #expect(error?.description.contains("sk-abcdef") == false)
        }

        @Test func anUnreadableKeyLeavesTheOthersToAnswer() async throws {
            let service = try await ChatService.start(.openAI)
            defer { service.server.stop() }
            var entry = ProviderEntry(name: "broken", kind: .openAI, model: "m")
            entry.key = .file("/nonexistent/key")
            let configuration = ProviderConfiguration()
            let broken = try configuration.makeProvider(entry)
            let response = try await FallbackProvider([broken, try service.provider()]).respond(
                to: ChatRequest("x"))
            #expect(response.provider == "openai")
            #expect(response.attempts.map(\.kind) == [.keyMissing])
        }

        @Test func theStatusSaysWhatIsReady() async throws {
            let configuration = ProviderConfiguration()
            let folder = ChatWire.templateFolder
            let local = try await configuration.status(
                of: ProviderEntry(name: "here", kind: .local, model: folder), measures: true)
            #expect(local.problem == nil)
            #expect(local.staysOnThisMachine)
            #expect((local.tokensPerSecond ?? 0) > 0)
            #expect((local.secondsToFirstToken ?? 0) > 0)
            #expect((local.diskByteCount ?? 0) > 100_000)
            let missing = try await configuration.status(
                of: ProviderEntry(name: "none", kind: .local, model: "/nonexistent"), measures: true)
            #expect(missing.problem?.code == "model.not_found")
            var remote = ProviderEntry(name: "remote", kind: .openAI, model: "m")
            remote.key = .environment("ONNXLM_TESTS_NO_SUCH_VARIABLE")
            let without = try await configuration.status(of: remote, measures: false)
            #expect(without.problem?.code == "provider.key_missing")
            #expect(!without.staysOnThisMachine)
        }
    }
#endif
