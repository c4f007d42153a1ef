// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXErrors
    import ONNXHTTP
    import ONNXHTTPTestSupport
    import Testing

    @Suite struct HTTPRedirectTests {
        private func follow(
            _ url: String, maximum: Int, method: String = "GET"
        ) async throws -> (status: Int, text: String, url: String) {
            var request = HTTPRequest(method, url)
            request.headers["Authorization"] = "Bearer secret"
            request.limits.maximumRedirectCount = maximum
            request.body = method == "POST" ? Array("body".utf8) : nil
            let response = try await HTTPTransport().send(request)
            let text = String(decoding: try await response.body.collect(), as: UTF8.self)
            return (response.status, text, response.url)
        }

        @Test func redirectsAreFollowedOnlyWhenAllowed() async throws {
            let other = try await LoopbackServer.start { request, answer in
                try await answer.send(
                    status: 200, [:], "\(request.method) \(request.headers["authorization"] ?? "none")")
            }
            let server = try await LoopbackServer.start { request, answer in
                let path = request.path
                switch path {
                case "/end":
                    let seen =
                        "\(request.method) \(request.headers["authorization"] ?? "none") \(request.text)"
                    try await answer.send(status: 200, [:], seen)
                case "/circle": try await answer.send(status: 302, ["location": "/circle"])
                case "/far": try await answer.send(status: 302, ["location": other.url + "/"])
                case "/file": try await answer.send(status: 302, ["location": "file:///etc/passwd"])
                case "/nowhere": try await answer.send(status: 302)
                case "/303": try await answer.send(status: 303, ["location": "end"])
                case "/307": try await answer.send(status: 307, ["location": "/end"])
                default:
                    let left = Int(path.dropFirst()) ?? 0
                    try await answer.send(status: 302, ["location": left > 0 ? "/\(left - 1)" : "/end"])
                }
            }
            defer {
                server.stop()
                other.stop()
            }
            #expect(try await follow(server.url + "/3", maximum: 0).status == 302)
            let followed = try await follow(server.url + "/3", maximum: 4)
            #expect(followed.text == "GET Bearer secret ")
            #expect(followed.url == server.url + "/end")
            #expect(try await follow(server.url + "/far", maximum: 1).text == "GET none")
            #expect(
                try await follow(server.url + "/303", maximum: 1, method: "POST").text == "GET Bearer secret "
            )
            #expect(
                try await follow(server.url + "/307", maximum: 1, method: "POST").text
                    == "POST Bearer secret body")
            for path in ["/3", "/circle", "/file", "/nowhere"] {
                let error = await #expect(throws: ONNXError.self) {
                    try await follow(server.url + path, maximum: 3)
                }
                #expect(error?.code == "http.redirect", "\(path)")
            }
        }

        @Test func tlsIsNeverLeft() async throws {
            let plain = try await LoopbackServer.start { _, answer in try await answer.send(status: 200) }
            let server = try await LoopbackServer.start(tls: true) { _, answer in
                try await answer.send(status: 302, ["location": plain.url])
            }
            defer {
                server.stop()
                plain.stop()
            }
            var configuration = HTTPTransport.Configuration()
            configuration.trustedCertificates = try LoopbackCertificate.bytes()
            var request = HTTPRequest("GET", server.url)
            request.limits.maximumRedirectCount = 3
            let error = await #expect(throws: ONNXError.self) {
                try await HTTPTransport(configuration).send(request)
            }
            #expect(error?.code == "http.redirect")
            #expect(plain.requests.isEmpty)
        }
    }
#endif
