// SPDX-License-Identifier: Apache-2.0
#if Providers
    import AsyncHTTPClient
    import Dispatch
    import NIOCore
    import NIOHTTP1
    import NIOSSL
    import ONNXErrors
    import Synchronization

    /// Sends requests over HTTP/1.1 and TLS, and keeps connections for the next ones. One serves a whole process.
    ///
    ///     let transport = HTTPTransport()
    ///     let response = try await transport.send(HTTPRequest("GET", "https://example.org/"))
    ///     let bytes = try await response.body.collect()
    package final class HTTPTransport: Sendable {
        /// What connections are made with.
        package struct Configuration: Sendable {
            /// Certificates (PEM) that are trusted beside those of the system.
            package var trustedCertificates: [UInt8]?

            /// Until a connection stands, name look-up included.
            package var connectTimeout: Duration = .seconds(10)

            /// Connections to one server at a time; further requests wait.
            package var maximumConnectionsPerHost = 8
            package var proxy = HTTPProxySettings()

            package init() {}
        }

        package let configuration: Configuration
        private let clients = Mutex<[HTTPProxySettings.Proxy?: HTTPClient]>([:])

        package init(_ configuration: Configuration = Configuration()) { self.configuration = configuration }

        deinit {
            for client in clients.withLock({ $0.values }) { client.shutdown(queue: .global()) { _ in } }
        }

        /// Sends a request and waits for the head of the response, whatever its status.
        ///
        /// Redirects are followed as far as the limits of the request allow, never from `https` to `http`; to another
        /// origin without the fields `Authorization`, `Cookie`, `x-api-key`.
        ///
        /// - Throws: an `ONNXError` of the codes `http.url`, `http.connect`, `http.tls`, `http.timeout`,
        ///   `http.closed`, `http.redirect`, `http.protocol`, or `CancellationError`.
        package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
            let start = ContinuousClock.now
            var request = request
            var seen: Set<String> = [request.url]
            var redirects = 0
            while true {
                let response = try await sendOnce(request, start: start)
                guard request.limits.maximumRedirectCount > 0,
                    let target = try HTTPRedirect.target(of: response, request)
                else { return response }
                redirects += 1
                let place = HTTPAddress.place(request.url)
                guard redirects <= request.limits.maximumRedirectCount, seen.insert(target.url).inserted
                else {
                    throw ONNXError(
                        "http.redirect", "\(place) redirects in a circle or too often (\(redirects) times).")
                }
                request = target
            }
        }

        private func sendOnce(
            _ request: HTTPRequest, start: ContinuousClock.Instant
        ) async throws -> HTTPResponse {
            let address = try HTTPAddress(request.url)
            let place = address.place
            var outgoing = HTTPClientRequest(url: request.url)
            outgoing.method = HTTPMethod(rawValue: request.method)
            for field in request.headers.fields { outgoing.headers.add(name: field.name, value: field.value) }
            if let body = request.body { outgoing.body = .bytes(ByteBuffer(bytes: body)) }

            let now = ContinuousClock.now
            var wait = request.limits.firstByte ?? .seconds(24 * 3600)
            if let total = request.limits.total { wait = min(wait, start + total - now) }
            let response: HTTPClientResponse
            do {
                response = try await client(for: address).execute(
                    outgoing, deadline: .now() + TimeAmount(max(wait, .zero)))
            } catch {
                try Task.checkCancellation()
                if (error as? HTTPClientError) == .deadlineExceeded {
                    throw ONNXError("http.timeout", "\(place) has not begun to answer within \(wait).")
                }
                throw Self.error(error, place, begun: false)
            }
            var headers = HTTPFields()
            for (name, value) in response.headers { headers.add(name, value) }
            let length = request.method == "HEAD" ? nil : headers["content-length"].flatMap { Int($0) }
            let exchange = HTTPExchange(
                transport: self, place: place, limits: request.limits, start: start,
                expectedByteCount: length)
            return HTTPResponse(
                status: Int(response.status.code), headers: headers, url: request.url,
                body: HTTPBody(response: response, exchange: exchange))
        }

        private func client(for address: HTTPAddress) throws -> HTTPClient {
            let proxy = configuration.proxy.proxy(for: address)
            return try clients.withLock { clients in
                if let client = clients[proxy] { return client }
                let client = HTTPClient(
                    eventLoopGroupProvider: .singleton, configuration: try clientConfiguration(proxy))
                clients[proxy] = client
                return client
            }
        }

        private func clientConfiguration(
            _ proxy: HTTPProxySettings.Proxy?
        ) throws -> HTTPClient.Configuration {
            var tls = TLSConfiguration.makeClientConfiguration()
            if let pem = configuration.trustedCertificates {
                tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMBytes(pem))]
            }
            var result = HTTPClient.Configuration(
                tlsConfiguration: tls, redirectConfiguration: .disallow,
                timeout: .init(connect: TimeAmount(configuration.connectTimeout)))
            // A refused connection is an answer: whether to try again is for the caller to say.
            result.connectionPool.retryConnectionEstablishment = false
            result.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
                configuration.maximumConnectionsPerHost
            result.httpVersion = .http1Only
            if let proxy {
                let authorization = proxy.credentials.map { credentials in
                    let parts = credentials.split(
                        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                    return HTTPClient.Authorization.basic(
                        username: String(parts[0]), password: parts.count > 1 ? String(parts[1]) : "")
                }
                result.proxy = .server(host: proxy.host, port: proxy.port, authorization: authorization)
            }
            return result
        }
    }
#endif
