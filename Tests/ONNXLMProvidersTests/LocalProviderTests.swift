// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Foundation
    import ONNXLM
    import ONNXLMProviders
    import ONNXTestSupport
    import Testing

    @Suite struct LocalProviderTests {
        private static let tiny = Fixtures.models + "/0.18.0-llama-int4"

        private func copyOfTiny() throws -> String {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
            try FileManager.default.copyItem(atPath: Self.tiny, toPath: folder)
            return folder
        }

        private func request(_ text: String = "hello", tokens: Int = 8) -> ChatRequest {
            var request = ChatRequest(text)
            request.options.maximumTokens = tokens
            request.options.temperature = 0
            request.options.ignoresEndOfSequence = true
            return request
        }

        @Test func itAnswersAsTheEngineDoes() async throws {
            let model = try await LanguageModel.load(from: Self.tiny)
            let options = request().options
            let expected = try await ChatSession(model, options: options).streamResponse(to: "hello")
                .collect().text
            let provider = LocalProvider(path: Self.tiny)
            let whole = try await provider.respond(to: request())
            #expect(whole.text == expected)
            #expect(whole.finishReason == .length)
            #expect(whole.usage?.generatedTokenCount == 8)
            #expect((whole.usage?.promptTokenCount ?? 0) > 0)
            #expect(whole.costEstimate == 0)
            #expect(whole.provider == "local")
            #expect(whole.model == "0.18.0-llama-int4")
            var text = ""
            for try await event in LocalProvider(model).streamResponse(to: request()) {
                if case .text(let more) = event { text += more }
            }
            #expect(text == expected)
        }

        @Test func aConversationGoesOnWithTheSameAnswers() async throws {
            let provider = LocalProvider(path: Self.tiny)
            var conversation = request()
            for turn in 0..<3 {
                let answer = try await provider.respond(to: conversation)
                let fresh = try await LocalProvider(path: Self.tiny).respond(to: conversation)
                #expect(answer.text == fresh.text, "turn \(turn)")
                #expect(answer.usage == fresh.usage, "turn \(turn)")
                conversation.messages += [
                    ChatMessage(.assistant, answer.text), ChatMessage(.user, "and \(turn)?"),
                ]
            }
            // Another conversation, and one that goes another way, are not mixed up with it.
            for other in [
                request("other"),
                ChatRequest(messages: Array(conversation.messages.prefix(2)) + [ChatMessage(.user, "or?")]),
            ] {
                var other = other
                other.options = request().options
                let fresh = try await LocalProvider(path: Self.tiny).respond(to: other)
                #expect(try await provider.respond(to: other).text == fresh.text)
            }
        }

        @Test func manyAtOnceGetTheirOwnAnswers() async throws {
            let provider = LocalProvider(path: Self.tiny, maximumConcurrentAnswers: 2)
            var alone: [String] = []
            for number in 0..<4 {
                alone.append(try await provider.respond(to: request("text \(number)")).text)
            }
            let expected = alone
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let response = try await provider.respond(to: request("text \(number % 4)"))
                        #expect(response.text == expected[number % 4])
                    }
                }
                try await group.waitForAll()
            }
        }

        @Test func whoWaitsCanLeave() async throws {
            let provider = LocalProvider(path: Self.tiny)
            _ = try await provider.load()
            let first = Task { try await provider.respond(to: request(tokens: 60)) }
            let others = (0..<5).map { _ in Task { try await provider.respond(to: request(tokens: 60)) } }
            for task in others { task.cancel() }
            for task in others {
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            #expect(try await first.value.usage?.generatedTokenCount == 60)
            #expect(try await provider.respond(to: request()).finishReason == .length)
        }

        @Test func whatIsWrongWithAFolderHasItsKind() async throws {
            let folder = try copyOfTiny()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let data = URL(fileURLWithPath: folder + "/model.onnx.data")
            let whole = try Data(contentsOf: data)
            let provider = LocalProvider(path: folder)
            func kind(_ provider: LocalProvider, _ request: ChatRequest) async -> ChatProviderError.Kind? {
                do {
                    _ = try await provider.respond(to: request)
                    return nil
                } catch {
                    return (error as? ChatProviderError)?.kind
                }
            }
            try whole.prefix(1000).write(to: data)
            #expect(await kind(provider, request()) == .weightsIncomplete)
            try FileManager.default.removeItem(at: data)
            #expect(await kind(provider, request()) == .weightsIncomplete)
            // Mended, the same provider answers.
            try whole.write(to: data)
            #expect(await kind(provider, request()) == nil)
            #expect(await kind(LocalProvider(path: folder + "/none"), request()) == .modelMissing)
            #expect(await kind(provider, request(String(repeating: "word ", count: 2000))) == .contextTooLong)
            var wrong = request()
            wrong.options.temperature = -1
            #expect(await kind(provider, wrong) == .badRequest)
            try FileManager.default.removeItem(atPath: folder + "/chat_template.jinja")
            #expect(await kind(LocalProvider(path: folder), request()) == .modelMissing)
            try Data("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n".utf8).write(
                to: URL(fileURLWithPath: folder + "/model.onnx"))
            #expect(await kind(LocalProvider(path: folder), request()) == .weightsIncomplete)
        }
    }
#endif
