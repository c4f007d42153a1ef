// SPDX-License-Identifier: Apache-2.0
#if Providers
    import NIOCore
    import NIOHTTP1
    package import ONNXHTTP
    import Synchronization

    /// What a test's server sends back: a whole answer, one in parts, or one that breaks off.
    package final class LoopbackAnswer: Sendable {
        private let outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
        private let channel: any Channel
        private let complete = Atomic<Bool>(false)

        init(_ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>, _ channel: any Channel) {
            self.outbound = outbound
            self.channel = channel
        }

        /// Whether the end was sent, so that the connection can serve another request.
        var isComplete: Bool { complete.load(ordering: .relaxed) }

        /// A whole answer.
        package func send(status: Int, _ headers: HTTPFields = [:], _ body: String = "") async throws {
            try await send(status: status, headers, bytes: Array(body.utf8))
        }

        /// A whole answer.
        package func send(status: Int, _ headers: HTTPFields = [:], bytes: [UInt8]) async throws {
            var headers = headers
            if headers["content-length"] == nil { headers["content-length"] = "\(bytes.count)" }
            try await begin(status: status, headers)
            try await write(bytes)
            try await end()
        }

        /// The head; without a `Content-Length` the body goes in chunks.
        package func begin(status: Int, _ headers: HTTPFields = [:]) async throws {
            var fields = HTTPHeaders()
            for field in headers.fields { fields.add(name: field.name, value: field.value) }
            let head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: fields)
            try await outbound.write(.head(head))
        }

        package func write(_ text: String) async throws { try await write(Array(text.utf8)) }

        package func write(_ bytes: [UInt8]) async throws {
            if !bytes.isEmpty { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: bytes)))) }
        }

        package func end() async throws {
            try await outbound.write(.end(nil))
            complete.store(true, ordering: .relaxed)
        }

        /// Closes the connection as it is; after a head without an end the answer breaks off.
        package func cut() async { try? await channel.close() }
    }
#endif
