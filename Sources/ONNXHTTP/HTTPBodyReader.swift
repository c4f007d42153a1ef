// SPDX-License-Identifier: Apache-2.0
#if Providers
    import AsyncHTTPClient
    import NIOCore
    import ONNXErrors
    import Synchronization

    /// Reads a body part by part; a watchdog ends a read that takes longer than the limits allow.
    // Safety: `base` is touched by the one running `next` only; everything else is behind the lock.
    final class HTTPBodyReader: @unchecked Sendable {
        private struct State {
            var read: Task<ByteBuffer?, any Error>?
            var readStart = ContinuousClock.now
            var timeout: String?
        }

        private var base: HTTPClientResponse.Body.AsyncIterator
        private var byteCount = 0
        private let exchange: HTTPExchange
        private let state = Mutex(State())
        private var watchdog: Task<Void, Never>?

        init(_ base: HTTPClientResponse.Body.AsyncIterator, _ exchange: HTTPExchange) {
            self.base = base
            self.exchange = exchange
        }

        deinit { watchdog?.cancel() }

        func next() async throws -> [UInt8]? {
            let maximum = exchange.limits.maximumBodyByteCount
            if let expected = exchange.expectedByteCount, expected > maximum { throw tooLarge("\(expected)") }
            startWatchdog()
            try Task.checkCancellation()
            // A task of its own, because only cancelling ends a pending read.
            let read = Task { try await self.base.next() }
            state.withLock { state in
                state.read = read
                state.readStart = .now
            }
            let result = await withTaskCancellationHandler {
                await read.result
            } onCancel: {
                read.cancel()
            }
            let timeout = state.withLock { state in
                state.read = nil
                return state.timeout
            }
            try Task.checkCancellation()
            if let timeout {
                throw ONNXError("http.timeout", "\(exchange.place) \(timeout).")
            }
            let buffer: ByteBuffer?
            do {
                buffer = try result.get()
            } catch {
                throw HTTPTransport.error(error, exchange.place, begun: true)
            }
            guard let buffer else {
                if let expected = exchange.expectedByteCount, byteCount < expected {
                    throw ONNXError(
                        "http.closed",
                        "\(exchange.place) closed the connection after \(byteCount) of \(expected) bytes.")
                }
                return nil
            }
            byteCount += buffer.readableBytes
            if byteCount > maximum { throw tooLarge("more than \(maximum)") }
            return Array(buffer.readableBytesView)
        }

        private func tooLarge(_ count: String) -> ONNXError {
            ONNXError(
                "http.too_large",
                "\(exchange.place) sends \(count) bytes; at most "
                    + "\(exchange.limits.maximumBodyByteCount) are accepted.")
        }

        private func startWatchdog() {
            guard watchdog == nil, exchange.limits.total != nil || exchange.limits.idle != nil else { return }
            let exchange = exchange
            watchdog = Task { [weak self] in
                var wake = ContinuousClock.now
                while !Task.isCancelled {
                    try? await Task.sleep(until: wake, clock: .continuous)
                    guard let next = self?.check(exchange) else { return }
                    wake = next
                }
            }
        }

        /// Ends the running read when its time is over; otherwise gives the time of the next look.
        private func check(_ exchange: HTTPExchange) -> ContinuousClock.Instant? {
            let now = ContinuousClock.now
            return state.withLock { state in
                var next = now + .seconds(3600)
                if let total = exchange.limits.total {
                    next = exchange.start + total
                    if now >= next { state.timeout = "has not answered in full within \(total)" }
                }
                if let idle = exchange.limits.idle {
                    let end = (state.read == nil ? now : state.readStart) + idle
                    next = min(next, end)
                    if now >= end { state.timeout = "has sent nothing for \(idle)" }
                }
                if state.timeout != nil {
                    state.read?.cancel()
                    return nil
                }
                return next
            }
        }
    }
#endif
