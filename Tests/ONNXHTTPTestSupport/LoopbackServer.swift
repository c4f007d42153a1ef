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

        private let handler: Handler
        private let log = Mutex<[Request]>([])
        private let count = Atomic<Int>(0)
        private let accepted = Atomic<Int>(0)
        private let listener = Mutex<(any Channel)?>(nil)
        private let serving = Mutex<(isStopped: Bool, tasks: [Int: Task<Void, Never>])>((false, [:]))
        private let usesTLS: Bool

        private init(usesTLS: Bool, _ handler: @escaping Handler) {
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
            let server = LoopbackServer(usesTLS: tls, handler)
            let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(.backlog, value: 1024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                        try pipeline.configureHTTPServerPipeline()
                        // Served from here on, not from a sequence of accepted connections: one that were left there
                        // when the port closes would end the process.
                        server.serve(try Connection(wrappingChannelSynchronously: channel))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            server.listener.withLock { $0 = listener }
            return server
        }

        package var port: Int { listener.withLock { $0?.localAddress?.port } ?? 0 }

        /// `http://127.0.0.1:PORT`, without a slash at the end.
        package var url: String { "http\(usesTLS ? "s" : "")://127.0.0.1:\(port)" }

        /// The requests so far whose bodies have arrived, in that order.
        package var requests: [Request] { log.withLock { $0 } }

        /// Connections that were ever accepted.
        package var connectionCount: Int { accepted.load(ordering: .relaxed) }

        /// Closes the port and every connection.
        package func stop() {
            listener.withLock { $0 }?.close(promise: nil)
            let tasks = serving.withLock {
                $0.isStopped = true
                return $0.tasks
            }
            for task in tasks.values { task.cancel() }
        }

        private func serve(_ connection: Connection) {
            let number = accepted.wrappingAdd(1, ordering: .relaxed).oldValue
            serving.withLock {
                let task = Task {
                    await answer(connection)
                    serving.withLock { $0.tasks[number] = nil }
                }
                $0.tasks[number] = task
                if $0.isStopped { task.cancel() }
            }
        }

        private func answer(_ connection: Connection) async {
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
