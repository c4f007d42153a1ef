// SPDX-License-Identifier: Apache-2.0
#if Providers
    import AsyncHTTPClient
    import ONNXErrors

    /// The body of a response as it arrives: parts of arbitrary size, in order, with back pressure.
    ///
    /// Ending the iteration early, or cancelling the task that iterates, closes the exchange.
    package struct HTTPBody: AsyncSequence, Sendable {
        package typealias Element = [UInt8]

        let response: HTTPClientResponse
        let exchange: HTTPExchange

        package struct AsyncIterator: AsyncIteratorProtocol {
            fileprivate let reader: HTTPBodyReader

            /// The next part, or nil after the last.
            ///
            /// - Throws: an `ONNXError` of the codes `http.closed`, `http.timeout`, `http.too_large`, or
            ///   `CancellationError`.
            package func next() async throws -> [UInt8]? { try await reader.next() }
        }

        package func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(reader: HTTPBodyReader(response.body.makeAsyncIterator(), exchange))
        }

        /// The whole body.
        ///
        /// - Complexity: O(bytes), which the limits of the request bound.
        package func collect() async throws -> [UInt8] {
            var bytes: [UInt8] = []
            for try await part in self { bytes += part }
            return bytes
        }
    }

    /// What the body needs to know of its exchange.
    struct HTTPExchange: Sendable {
        /// Keeps the connections open while a body is read.
        let transport: HTTPTransport
        let place: String
        let limits: HTTPLimits
        let start: ContinuousClock.Instant
        let expectedByteCount: Int?
    }
#endif
