// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Foundation
    import ONNXErrors
    import ONNXLMProviders
    import Testing

    @Suite struct APIKeyTests {
        private static let secret = "sk-abcdef-0123456789"

        private func file(_ text: String, _ permissions: Int) throws -> String {
            let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
            return path
        }

        @Test(arguments: [0o600, 0o400]) func aFileOfItsOwnerIsRead(_ permissions: Int) throws {
            let path = try file(" \(Self.secret)\n", permissions)
            defer { try? FileManager.default.removeItem(atPath: path) }
            #expect(try APIKey.inFile(path).headerValue == Self.secret)
        }

        @Test(arguments: [0o640, 0o604, 0o644, 0o620, 0o601, 0o666])
        func aFileThatIsOpenToOthersIsNot(_ permissions: Int) throws {
            let path = try file(Self.secret, permissions)
            defer { try? FileManager.default.removeItem(atPath: path) }
            let error = #expect(throws: ONNXError.self) { try APIKey.inFile(path) }
            #expect(error?.code == "key.file")
            #expect(error?.message.contains("chmod 600") == true)
            #expect(error?.description.contains(Self.secret) == false)
        }

        @Test func whatIsNoKeyIsRefused() throws {
            for text in [
                "", "  \n", "two words", "line\nline", "schlüssel", "a\u{0}b",
                String(repeating: "a", count: 20000),
            ] {
                #expect(throws: ONNXError.self) { try APIKey(text) }
                let path = try file(text, 0o600)
                defer { try? FileManager.default.removeItem(atPath: path) }
                let error = #expect(throws: ONNXError.self) { try APIKey.inFile(path) }
                #expect(error?.code == "key.format")
            }
            #expect(throws: ONNXError.self) { try APIKey.inFile("/nonexistent/key") }
            #expect(throws: ONNXError.self) { try APIKey.inFile(NSTemporaryDirectory()) }
            #expect(try APIKey.inEnvironment("ONNXLM_TESTS_NO_SUCH_VARIABLE") == nil)
        }

        @Test func noWayOfShowingItShowsIt() async throws {
            let key = try APIKey(Self.secret)
            let service = try await ChatService.start(.openAI)
            defer { service.server.stop() }
            let providers: [any ChatProvider] = try [
                service.provider(key: Self.secret),
                AnthropicProvider(model: "m", key: key),
                HuggingFaceProvider(model: "m", key: key),
            ]
            var shown = [
                "\(key)", String(reflecting: key),
                String(describing: Mirror(reflecting: key).children.map { $0 }),
            ]
            var dumped = ""
            dump(key, to: &dumped)
            for provider in providers {
                shown += ["\(provider)", String(reflecting: provider)]
                dump(provider, to: &dumped)
            }
            dump(FallbackProvider(providers), to: &dumped)
            // The service repeats the wrong key in its error.
            do {
                _ = try await providers[0].respond(to: ChatRequest("x"))
                Issue.record("the key was accepted")
            } catch {
                #expect((error as? ChatProviderError)?.kind == .unauthorized)
                shown += ["\(error)", String(reflecting: error)]
                dump(error, to: &dumped)
                #expect("\(error)".contains("[key]"))
            }
            for text in shown + [dumped] { #expect(!text.contains(Self.secret)) }
        }

        @Test func aKeyLeavesTheMachineOnlyUnderTLS() throws {
            let key = try APIKey(Self.secret)
            var settings = OpenAICompatibleProvider.Settings()
            let far = "http://llm.example.org/v1"
            _ = try OpenAICompatibleProvider(url: far, model: "m", settings: settings)
            settings.key = key
            _ = try OpenAICompatibleProvider(url: "http://127.0.0.1:1/v1", model: "m", settings: settings)
            _ = try OpenAICompatibleProvider(
                url: "https://llm.example.org/v1", model: "m", settings: settings)
            let attempts: [() throws -> Void] = [
                { [settings] in _ = try OpenAICompatibleProvider(url: far, model: "m", settings: settings) },
                { _ = try AnthropicProvider(model: "m", key: key, url: far) },
                { _ = try HuggingFaceProvider(model: "m", key: key, interface: .chatCompletions(url: far)) },
            ]
            for attempt in attempts {
                #expect(#expect(throws: ONNXError.self) { try attempt() }?.code == "key.insecure")
            }
            settings.allowsKeyOverPlainHTTP = true
            _ = try OpenAICompatibleProvider(url: far, model: "m", settings: settings)
        }

        @Test func withoutAKeyNothingIsSent() async throws {
            let service = try await ChatService.start(.anthropic)
            defer { service.server.stop() }
            let provider = try service.provider(key: nil)
            do {
                _ = try await provider.respond(to: ChatRequest("x"))
                Issue.record("answered without a key")
            } catch {
                #expect((error as? ChatProviderError)?.kind == .keyMissing)
            }
            #expect(service.server.requests.isEmpty)
        }
    }
#endif
