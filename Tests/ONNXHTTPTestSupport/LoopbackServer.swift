// SPDX-License-Identifier: Apache-2.0
#if Providers
    package import ONNXHTTP
    import NIOCore
    import NIOHTTP1
    import NIOPosix
    import NIOSSL
    import Synchronization

    /// An HTTP/1.1 server on 127.0.0.1 for tests: a closure answers each request, rightly or wrongly.
    ///
    ///     let server = try await LoopbackServer.start { request, answer in
    ///         try await answer.send(status: 200, ["content-type": "text/plain"], "fine")
    ///     }
    ///     defer { server.stop() }
    package final class LoopbackServer: Sendable {
        /// A request as it came.
        package struct Request: Sendable {
            /// From 0, in the order in which heads arrived.
            package let number: Int
            package let method: String

            /// The path with the query.
            package let target: String
            package let headers: HTTPFields
            package let body: [UInt8]

            package var path: String { String(target.prefix { $0 != "?" }) }
            package var text: String { String(decoding: body, as: UTF8.self) }
        }

        package typealias Handler = @Sendable (Request, LoopbackAnswer) async throws -> Void

        private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

        private let listener: NIOAsyncChannel<Connection, Never>
        private let handler: Handler
        private let log = Mutex<[Request]>([])
        private let count = Atomic<Int>(0)
        private let accepted = Atomic<Int>(0)
        private let running = Mutex<Task<Void, Never>?>(nil)
        private let usesTLS: Bool

        private init(
            _ listener: NIOAsyncChannel<Connection, Never>, usesTLS: Bool, _ handler: @escaping Handler
        ) {
            self.listener = listener
            self.usesTLS = usesTLS
            self.handler = handler
        }

        /// Listens on a free port.
        ///
        /// - Parameter tls: speak TLS with ``LoopbackCertificate``.
        package static func start(tls: Bool = false, _ handler: @escaping Handler) async throws
            -> LoopbackServer
        {
            let context = tls ? try LoopbackCertificate.serverContext() : nil
            let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(.backlog, value: 1024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: "127.0.0.1", port: 0) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                        try pipeline.configureHTTPServerPipeline()
                        return try Connection(wrappingChannelSynchronously: channel)
                    }
                }
            let server = LoopbackServer(listener, usesTLS: tls, handler)
            let task = Task { await server.run() }
            server.running.withLock { $0 = task }
            return server
        }

        package var port: Int { listener.channel.localAddress?.port ?? 0 }

        /// `http://127.0.0.1:PORT`, without a slash at the end.
        package var url: String { "http\(usesTLS ? "s" : "")://127.0.0.1:\(port)" }

        /// The requests so far whose bodies have arrived, in that order.
        package var requests: [Request] { log.withLock { $0 } }

        /// Connections that were ever accepted.
        package var connectionCount: Int { accepted.load(ordering: .relaxed) }

        /// Closes the port and every connection.
        package func stop() { listener.channel.close(promise: nil) }

        private func run() async {
            try? await listener.executeThenClose { connections in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await connection in connections {
                        group.addTask { await self.serve(connection) }
                    }
                    // Cancelled only now: a connection that was accepted and never served would end the process.
                    group.cancelAll()
                }
            }
        }

        private func serve(_ connection: Connection) async {
            accepted.wrappingAdd(1, ordering: .relaxed)
            try? await connection.executeThenClose { inbound, outbound in
                var head: HTTPRequestHead?
                var body: [UInt8] = []
                for try await part in inbound {
                    switch part {
                    case .head(let value):
                        head = value
                        body = []
                    case .body(let buffer): body += buffer.readableBytesView
                    case .end:
                        guard let head else { return }
                        let answer = LoopbackAnswer(outbound, connection.channel)
                        try await handler(record(head, body), answer)
                        guard answer.isComplete, head.isKeepAlive else { return }
                    }
                }
            }
        }

        private func record(_ head: HTTPRequestHead, _ body: [UInt8]) -> Request {
            var headers = HTTPFields()
            for (name, value) in head.headers { headers.add(name, value) }
            let number = count.wrappingAdd(1, ordering: .relaxed).oldValue
            let request = Request(
                number: number, method: head.method.rawValue, target: head.uri, headers: headers, body: body)
            log.withLock { $0.append(request) }
            return request
        }
    }
#endif
