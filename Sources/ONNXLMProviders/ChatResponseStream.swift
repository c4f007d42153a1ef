// SPDX-License-Identifier: Apache-2.0
#if Providers
    /// A part of an answer as it arrives.
    public enum ChatEvent: Sendable, Hashable {
        /// Text that goes on from the text before; not empty.
        case text(String)

        /// The last event: the whole answer.
        case finished(ChatResponse)
    }

    /// An answer as it is made: some texts, then the whole response, or an error.
    ///
    ///     for try await event in provider.streamResponse(to: request) {
    ///         if case .text(let text) = event { print(text, terminator: "") }
    ///     }
    ///
    /// It can be iterated once. Ending the iteration early, or cancelling the task that iterates, cancels the request.
    public struct ChatResponseStream: AsyncSequence, Sendable {
        public typealias Element = ChatEvent

        private let stream: AsyncThrowingStream<ChatEvent, any Error>

        /// Runs `work` in a task of its own at once; what it gives `emit` are the texts, what it returns is the end.
        ///
        /// - Parameter work: throws a ``ChatProviderError`` or `CancellationError`.
        public init(
            _ work:
                @escaping @Sendable (_ emit: @escaping @Sendable (String) -> Void) async throws ->
                ChatResponse
        ) {
            stream = AsyncThrowingStream { continuation in
                let task = Task {
                    do {
                        let response = try await work { text in
                            if !text.isEmpty { continuation.yield(.text(text)) }
                        }
                        continuation.yield(.finished(response))
                        continuation.finish()
                    } catch {
                        continuation.finish(throwing: error)
                    }
                }
                continuation.onTermination = { reason in
                    if case .cancelled = reason { task.cancel() }
                }
            }
        }

        public struct AsyncIterator: AsyncIteratorProtocol {
            fileprivate var base: AsyncThrowingStream<ChatEvent, any Error>.AsyncIterator

            /// The next event, or nil after the last.
            ///
            /// - Throws: a ``ChatProviderError``, or `CancellationError` when the task was cancelled.
            public mutating func next() async throws -> ChatEvent? {
                let event = try await base.next()
                if event == nil { try Task.checkCancellation() }
                return event
            }
        }

        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(base: stream.makeAsyncIterator())
        }

        /// The whole answer.
        public func collect() async throws -> ChatResponse {
            for try await event in self {
                if case .finished(let response) = event { return response }
            }
            throw CancellationError()
        }
    }
#endif
