// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXErrors
    import ONNXHTTP
    import ONNXHTTPTestSupport
    import Testing

    @Suite struct HTTPProxySettingsTests {
        private let environment = [
            "http_proxy": "http://plain.test:3128", "HTTPS_PROXY": "name:pass%40word@safe.test",
            "no_proxy": "direct.test, .inner.test,192.0.2.7,odd.test:8443",
        ]

        @Test(arguments: [
            ("http://a.test/", "plain.test:3128"), ("https://a.test/", "safe.test:80"),
            ("https://direct.test/", "none"), ("https://sub.direct.test/", "none"),
            ("https://notdirect.test/", "safe.test:80"), ("https://x.inner.test/", "none"),
            ("https://192.0.2.7/", "none"), ("https://odd.test:8443/", "none"),
            ("https://odd.test/", "safe.test:80"), ("http://localhost:1/", "none"),
            ("http://127.0.0.1/", "none"),
            ("http://[::1]:8/", "none"), ("http://127.0.0.1.test/", "plain.test:3128"),
        ])
        func theUsualVariablesDecide(_ url: String, _ expected: String) throws {
            let proxy = HTTPProxySettings(environment: environment).proxy(for: try HTTPAddress(url))
            #expect((proxy.map { "\($0.host):\($0.port)" } ?? "none") == expected)
        }

        @Test func aRequestGoesThroughTheProxy() async throws {
            let proxy = try await LoopbackServer.start { _, answer in try await answer.send(status: 403) }
            defer { proxy.stop() }
            var configuration = HTTPTransport.Configuration()
            configuration.proxy = HTTPProxySettings(
                environment: ["https_proxy": "http://name:word@127.0.0.1:\(proxy.port)"])
            let transport = HTTPTransport(configuration)
            await #expect(throws: ONNXError.self) {
                try await transport.send(HTTPRequest("GET", "https://far.test/path?key=secret"))
            }
            let asked = try #require(proxy.requests.first)
            #expect(asked.method == "CONNECT")
            #expect(asked.target == "far.test:443")
            #expect(asked.headers["proxy-authorization"] == "Basic bmFtZTp3b3Jk")
        }

        @Test func credentialsAreDecodedAndCapitalHTTPProxyIsNotRead() throws {
            let settings = HTTPProxySettings(environment: environment)
            #expect(settings.https?.credentials == "name:pass@word")
            #expect(HTTPProxySettings(environment: ["HTTP_PROXY": "http://evil.test"]).http == nil)
            #expect(
                HTTPProxySettings(environment: ["ALL_PROXY": "http://all.test"]).https?.host == "all.test")
        }

        @Test(arguments: [
            ("https://name:secret@host.test:8443/a?key=secret#x", "https://host.test:8443/a"),
            ("HTTP://Host.Test:80/", "http://host.test/"), ("http://[::1]:5/x", "http://[::1]:5/x"),
        ])
        func messagesNameNoSecrets(_ url: String, _ expected: String) throws {
            #expect(try HTTPAddress(url).place == expected)
        }
    }
#endif
