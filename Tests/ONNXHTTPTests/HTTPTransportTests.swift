// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXErrors
    import ONNXHTTP
    import ONNXHTTPTestSupport
    import ONNXJSON
    import Testing

    @Suite struct HTTPTransportTests {
        private let transport = HTTPTransport()

        private func code(_ request: HTTPRequest, _ transport: HTTPTransport? = nil) async -> String {
            do {
                let response = try await (transport ?? self.transport).send(request)
                return "\(response.status) \(try await response.body.collect().count)"
            } catch let error as ONNXError {
                return error.code.rawValue
            } catch {
                return "\(type(of: error))"
            }
        }

        @Test func aRequestArrivesAsItIsAndTheAnswerToo() async throws {
            let server = try await LoopbackServer.start { request, answer in
                try await answer.send(
                    status: 201,
                    ["x-seen": request.headers["X-Sent"] ?? "", "Content-Type": "Text/Plain; a=b"],
                    "\(request.method) \(request.target) \(request.text)")
            }
            defer { server.stop() }
            var request = HTTPRequest("POST", server.url + "/a%20b?c=d")
            request.headers["x-sent"] = "sent"
            request.body = Array("body".utf8)
            let response = try await transport.send(request)
            let body = String(decoding: try await response.body.collect(), as: UTF8.self)
            #expect(body == "POST /a%20b?c=d body")
            #expect(response.status == 201)
            #expect(response.headers["X-Seen"] == "sent")
            #expect(response.mediaType == "text/plain")
        }

        @Test func theBodyArrivesWhileItIsSent() async throws {
            let server = try await LoopbackServer.start { _, answer in
                try await answer.begin(status: 200)
                for part in 0..<5 {
                    try await answer.write("part \(part)\n")
                    try await Task.sleep(for: .milliseconds(50))
                }
                try await answer.end()
            }
            defer { server.stop() }
            let response = try await transport.send(HTTPRequest("GET", server.url))
            var parts = 0
            var text = ""
            for try await part in response.body {
                parts += 1
                text += String(decoding: part, as: UTF8.self)
            }
            #expect(parts > 1)
            #expect(text == "part 0\npart 1\npart 2\npart 3\npart 4\n")
        }

        @Test func everyLimitHasItsError() async throws {
            let server = try await LoopbackServer.start { request, answer in
                switch request.path {
                case "/slow-head":
                    try await Task.sleep(for: .seconds(20))
                    try await answer.send(status: 200)
                case "/stall":
                    try await answer.begin(status: 200)
                    try await answer.write("x")
                    try await Task.sleep(for: .seconds(20))
                case "/drip":
                    try await answer.begin(status: 200)
                    for _ in 0..<400 {
                        try await answer.write("x")
                        try await Task.sleep(for: .milliseconds(50))
                    }
                case "/large":
                    try await answer.send(status: 200, [:], bytes: [UInt8](repeating: 1, count: 5000))
                case "/large-chunked":
                    try await answer.begin(status: 200)
                    for _ in 0..<10 { try await answer.write([UInt8](repeating: 1, count: 500)) }
                    try await answer.end()
                case "/cut-length":
                    try await answer.begin(status: 200, ["content-length": "100"])
                    try await answer.write("short")
                    await answer.cut()
                case "/cut-chunked":
                    try await answer.begin(status: 200)
                    try await answer.write("short")
                    await answer.cut()
                default: await answer.cut()
                }
            }
            defer { server.stop() }
            let cases = [
                ("/slow-head", "http.timeout"), ("/stall", "http.timeout"), ("/drip", "http.timeout"),
                ("/large", "http.too_large"), ("/large-chunked", "http.too_large"),
                ("/cut-length", "http.closed"), ("/cut-chunked", "http.closed"), ("/cut", "http.closed"),
            ]
            for (path, expected) in cases {
                var request = HTTPRequest("GET", server.url + path)
                if expected == "http.timeout" {
                    request.limits.firstByte = .milliseconds(500)
                    request.limits.idle = .milliseconds(500)
                    request.limits.total = .milliseconds(1500)
                }
                request.limits.maximumBodyByteCount = 1000
                let start = ContinuousClock.now
                let result = await code(request)
                #expect(result == expected, "\(path)")
                #expect(start.duration(to: .now) < .seconds(12), "\(path)")
            }
        }

        @Test func cancellingEndsAtOnceAndClosesTheConnection() async throws {
            let server = try await LoopbackServer.start { request, answer in
                if request.path == "/stall" {
                    try await answer.begin(status: 200)
                    try await answer.write("x")
                }
                try await Task.sleep(for: .seconds(30))
            }
            defer { server.stop() }
            for path in ["/head", "/stall"] {
                let task = Task { await code(HTTPRequest("GET", server.url + path)) }
                try await Task.sleep(for: .milliseconds(200))
                let start = ContinuousClock.now
                task.cancel()
                #expect(await task.value == "CancellationError", "\(path)")
                #expect(start.duration(to: .now) < .seconds(10), "\(path)")
            }
        }

        @Test func nobodyThereIsSaidAtOnce() async throws {
            let server = try await LoopbackServer.start { _, answer in try await answer.send(status: 200) }
            let url = server.url
            server.stop()
            try await Task.sleep(for: .milliseconds(100))
            #expect(await code(HTTPRequest("GET", url)) == "http.connect")
            #expect(await code(HTTPRequest("GET", "ftp://127.0.0.1/")) == "http.url")
            #expect(await code(HTTPRequest("GET", "http:///x")) == "http.url")
        }

        @Test func certificatesHaveToBeTrusted() async throws {
            let server = try await LoopbackServer.start(tls: true) { _, answer in
                try await answer.send(status: 200, [:], "safe")
            }
            let plain = try await LoopbackServer.start { _, answer in try await answer.send(status: 200) }
            defer {
                server.stop()
                plain.stop()
            }
            var configuration = HTTPTransport.Configuration()
            configuration.trustedCertificates = try LoopbackCertificate.bytes()
            let trusting = HTTPTransport(configuration)
            #expect(await code(HTTPRequest("GET", server.url)) == "http.tls")
            #expect(await code(HTTPRequest("GET", server.url), trusting) == "200 4")
            #expect(await code(HTTPRequest("GET", "https://127.0.0.1:\(plain.port)")) == "http.tls")
        }

        @Test func aThousandRequestsShareTheConnections() async throws {
            let server = try await LoopbackServer.start { request, answer in
                try await answer.send(status: 200, [:], request.target)
            }
            defer { server.stop() }
            // As many at once as wait for a connection without reaching its limit of time on a busy machine.
            let wrong = try await withThrowingTaskGroup(of: Bool.self) { group in
                var wrong = 0
                for number in 0..<1000 {
                    if number >= 50, try await group.next() == false { wrong += 1 }
                    group.addTask {
                        let response = try await transport.send(HTTPRequest("GET", server.url + "/\(number)"))
                        return String(decoding: try await response.body.collect(), as: UTF8.self)
                            == "/\(number)"
                    }
                }
                return try await group.reduce(into: wrong) { $0 += $1 ? 0 : 1 }
            }
            #expect(wrong == 0)
            #expect(Set(server.requests.map(\.target)).count == 1000)
            #expect(server.requests.count == 1000)
        }
    }
#endif
