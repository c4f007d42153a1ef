// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXJSON
import ONNXTestSupport
import Testing

#if Providers
    import ONNXHTTP
    import ONNXHTTPTestSupport

    /// `chat --provider` and `providers`, as a user drives them, with a service on loopback.
    @Suite(
        .serialized,
        .enabled(if: TestEnvironment.command != nil, "needs the built command, which make test provides"))
    struct ProviderCommandTests {
        private static let secret = "sk-Zq7Xw9Kp2Vn4Tb6Rm8Yc"
        private static let tiny = Fixtures.models + "/0.18.0-llama-int4"

        private func start() async throws -> LoopbackServer {
            try await LoopbackServer.start { request, answer in
                guard request.headers["authorization"] == "Bearer \(Self.secret)" else {
                    return try await answer.send(
                        status: 401, ["content-type": "application/json"],
                        #"{"error":{"message":"wrong key: \#(request.headers["authorization"] ?? "none")"}}"#)
                }
                try await answer.begin(status: 200, ["content-type": "text/event-stream"])
                for text in ["from ", "far"] {
                    try await answer.write(
                        #"data: {"choices":[{"delta":{"content":"\#(text)"},"finish_reason":null}]}"# + "\n\n"
                    )
                }
                try await answer.write(#"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"# + "\n\n")
                try await answer.write("data: [DONE]\n\n")
                try await answer.end()
            }
        }

        private struct Place {
            let folder: String
            let model: String
            let config: String
        }

        private func place(_ url: String, policy: String = "{}") throws -> Place {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let model = folder + "/tiny"
            try FileManager.default.copyItem(atPath: Self.tiny, toPath: model)
            let key = folder + "/key"
            try Data(Self.secret.utf8).write(to: URL(fileURLWithPath: key))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
            let config = folder + "/config.json"
            let text = """
                {"models": {"tiny": "\(model)"},
                 "providers": {
                   "here": {"kind": "local", "model": "tiny"},
                   "far": {"kind": "openai-compatible", "url": "\(url)/v1", "model": "far-model",
                           "key": {"file": "\(key)"}, "prices": {"prompt": 150, "generated": 600}},
                   "wrong": {"kind": "openai-compatible", "url": "\(url)/v1", "model": "m",
                             "key": {"environment": "WRONG_KEY"}}},
                 "policy": \(policy)}
                """
            try Data(text.utf8).write(to: URL(fileURLWithPath: config))
            return Place(folder: folder, model: model, config: config)
        }

        private func run(_ arguments: [String], input: String = "") async throws -> TestEnvironment.Outcome {
            let command = try #require(TestEnvironment.command)
            return try await Task.detached {
                try TestEnvironment.run(
                    command, arguments, input: input, environment: ["WRONG_KEY": "sk-other-secret-123"])
            }.value
        }

        private func cutWeights(_ model: String) throws {
            let data = URL(fileURLWithPath: model + "/model.onnx.data")
            try Data(contentsOf: data).prefix(1000).write(to: data)
        }

        @Test func theLocalModelAnswersFirstAndTheRemoteOneWhenItMust() async throws {
            let server = try await start()
            defer { server.stop() }
            let place = try place(server.url)
            defer { try? FileManager.default.removeItem(atPath: place.folder) }
            let arguments = [
                "chat", "--provider", "here,far", "--config", place.config, "--prompt", "hello",
                "--max-tokens", "5",
            ]
            let local = try await run(arguments)
            #expect(local.status == 0, "\(local.errors)")
            #expect(local.errors.contains("answered by here"))
            #expect(server.requests.isEmpty)
            try cutWeights(place.model)
            let remote = try await run(arguments)
            #expect(remote.status == 0, "\(remote.errors)")
            #expect(remote.output == "from far\n")
            #expect(remote.errors.contains("here: "))
            #expect(remote.errors.contains("model.onnx.data"))
            #expect(remote.errors.contains("answered by far, far-model"))
            #expect(server.requests.count == 1)
            // The same without a configuration for the local one.
            let named = try await run(
                [
                    "chat", place.model, "--provider", "local,far", "--config", place.config, "--prompt",
                    "hello",
                ])
            #expect(named.output == "from far\n")
        }

        @Test func underLocalOnlyNothingIsSent() async throws {
            let server = try await start()
            defer { server.stop() }
            let place = try place(server.url)
            defer { try? FileManager.default.removeItem(atPath: place.folder) }
            try cutWeights(place.model)
            let outcome = try await run([
                "chat", "--provider", "here,far", "--config", place.config, "--prompt", "hello",
                "--local-only",
            ])
            #expect(outcome.status == 69)
            #expect(outcome.errors.contains("leaves_machine"))
            #expect(outcome.errors.contains("weights_incomplete"))
            #expect(server.connectionCount == 0)
        }

        @Test func aConversationGoesOnOverLines() async throws {
            let server = try await start()
            defer { server.stop() }
            let place = try place(server.url)
            defer { try? FileManager.default.removeItem(atPath: place.folder) }
            let outcome = try await run(
                ["chat", "--provider", "far", "--config", place.config, "--instructions", "Be brief."],
                input: "one\ntwo\n")
            #expect(outcome.output == "from far\nfrom far\n")
            let last = try JSONValue.parse(#require(server.requests.last).body)
            #expect(
                last["messages"]?.arrayValue?.compactMap { $0["content"]?.stringValue }
                    == ["Be brief.", "one", "from far", "two"])
        }

        @Test func noKeyIsInAnyOutput() async throws {
            let server = try await start()
            defer { server.stop() }
            let place = try place(server.url)
            defer { try? FileManager.default.removeItem(atPath: place.folder) }
            let runs = [
                ["chat", "--provider", "wrong", "--config", place.config, "--prompt", "x", "--verbose"],
                ["chat", "--provider", "far", "--config", place.config, "--prompt", "x", "--verbose"],
                ["providers", "--config", place.config, "--measure-remote", "--no-measure"],
                ["providers", "--config", place.config, "--json", "--no-measure"],
            ]
            for arguments in runs {
                let outcome = try await run(arguments)
                for text in [outcome.output, outcome.errors] {
                    #expect(
                        !text.contains(Self.secret) && !text.contains("sk-other-secret-123"), "\(arguments)")
                }
            }
            let wrong = try await run(runs[0])
            #expect(wrong.status != 0)
            #expect(wrong.errors.contains("status 401"))
            #expect(wrong.errors.contains("[key]"))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644], ofItemAtPath: place.folder + "/key")
            let open = try await run(runs[1])
            #expect(open.status != 0)
            #expect(open.errors.contains("chmod 600"))
        }

        /// A process that is brought down in the middle of a request says no letter of its key.
        @Test(arguments: [SIGSEGV]) func noKeyIsInWhatACrashPrints(_ signal: Int32)
            async throws
        {
            let server = try await LoopbackServer.start { _, answer in
                try await answer.begin(status: 200, ["content-type": "text/event-stream"])
                try await answer.write(#"data: {"choices":[{"delta":{"content":"begun"}}]}"# + "\n\n")
                try await Task.sleep(for: .seconds(60))
            }
            defer { server.stop() }
            let place = try place(server.url)
            defer { try? FileManager.default.removeItem(atPath: place.folder) }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: try #require(TestEnvironment.command))
            process.arguments = ["chat", "--provider", "far", "--config", place.config, "--prompt", "x"]
            var environment = ProcessInfo.processInfo.environment
            environment["SWIFT_BACKTRACE"] =
                "enable=yes,color=no,interactive=no,registers=all,images=all,timeout=20s"
            process.environment = environment
            let output = place.folder + "/output"
            try Data().write(to: URL(fileURLWithPath: output))
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
            process.standardOutput = handle
            process.standardError = handle
            try process.run()
            for _ in 0..<300 where try Data(contentsOf: URL(fileURLWithPath: output)).isEmpty {
                try await Task.sleep(for: .milliseconds(50))
            }
            let line = try Data(
                contentsOf: URL(fileURLWithPath: "/proc/\(process.processIdentifier)/cmdline"))
            #expect(!String(decoding: line, as: UTF8.self).contains(Self.secret))
            kill(process.processIdentifier, signal)
            // The text ends with the list of images. A signal from outside does not come again by itself, so a process
            // whose crash is reported goes on.
            for _ in 0..<600 where process.isRunning {
                let text = try String(decoding: Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self)
                if text.contains("Backtrace took") || text.contains("Images") && text.hasSuffix("\n") {
                    break
                }
                try await Task.sleep(for: .milliseconds(50))
            }
            kill(process.processIdentifier, SIGKILL)
            await Task.detached { process.waitUntilExit() }.value
            let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self)
            #expect(text.hasPrefix("begun"))
            #expect(text.contains("Thread 0"), "the backtracer has written nothing to look through")
            // Dumps of memory have short lines, as letters and as hexadecimal bytes.
            let bytes = Array(Self.secret.utf8)
            for start in 0...(bytes.count - 6) {
                let part = bytes[start..<(start + 6)]
                let hexadecimal = part.map { String($0, radix: 16) }.joined(separator: " ")
                #expect(!text.contains(String(decoding: part, as: UTF8.self)))
                #expect(!text.contains(hexadecimal))
            }
        }

        @Test func providersShowsWhatIsReady() async throws {
            let server = try await start()
            defer { server.stop() }
            let place = try place(server.url)
            defer { try? FileManager.default.removeItem(atPath: place.folder) }
            let table = try await run(["providers", "--config", place.config])
            #expect(table.status == 0, "\(table.errors)")
            #expect(server.requests.isEmpty)
            let rows = table.output.split(separator: "\n")
            #expect(rows.count == 4)
            #expect(rows.first?.contains("leaves machine") == true)
            #expect(rows.dropFirst().first?.contains("tokens/s") == true)
            #expect(table.output.contains("0.15, 0.6"))
            let outcome = try await run(["providers", "--config", place.config, "--json", "--measure-remote"])
            let json = try JSONValue.parse(outcome.output)
            #expect(json.arrayValue?.map { $0["ready"]?.boolValue } == [true, true, false])
            #expect(json.arrayValue?.map { $0["leaves_machine"]?.boolValue } == [false, true, true])
            #expect((json[1]?["seconds_to_first_token"]?.doubleValue ?? 0) > 0)
            #expect(json[2]?["problem"]?.stringValue?.contains("401") == true)
            #expect(server.requests.count == 2)
        }

        @Test func wrongNamesAreTold() async throws {
            let unknown = try await run(["chat", "--provider", "nobody", "--prompt", "x"])
            #expect(unknown.status == 78)
            #expect(unknown.errors.contains("config.provider_name"))
            let noModel = try await run(["chat", "--provider", "huggingface", "--prompt", "x"])
            #expect(noModel.errors.contains("config.provider_model"))
            #expect(try await run(["chat", "--prompt", "x"]).status == 2)
            #expect(try await run(["chat", Self.tiny, "--local-only", "--prompt", "x"]).status == 2)
        }
    }
#endif
