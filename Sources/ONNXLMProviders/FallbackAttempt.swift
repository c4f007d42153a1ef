// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Synchronization

    /// One request to one provider, with a limit for its first text and one for its end.
    final class FallbackAttempt: Sendable {
        private struct State {
            var hasBegun = false

            /// Why no more text may come.
            var late: String?
        }

        private let state = Mutex(State())
        private let provider: any ChatProvider

        /// Where there is a limit for the first text, the answer is streamed even if it is wanted in one piece.
        private let emit: (@Sendable (String) -> Void)?

        init(_ provider: any ChatProvider, emit: (@Sendable (String) -> Void)?) {
            self.provider = provider
            self.emit = emit
        }

        /// Whether text has come.
        var hasBegun: Bool { state.withLock { $0.hasBegun } }

        /// - Throws: a ``ChatProviderError``, also for limits that were exceeded, or `CancellationError`.
        func run(
            _ request: ChatRequest, firstToken: Duration?, deadline: ContinuousClock.Instant?
        ) async throws -> ChatResponse {
            let streams = emit != nil || firstToken != nil
            let work = Task { try await streams ? stream(request) : provider.respond(to: request) }
            let watch = Task { await self.watch(work, firstToken, deadline) }
            defer { watch.cancel() }
            let result = await withTaskCancellationHandler {
                await work.result
            } onCancel: {
                work.cancel()
            }
            try Task.checkCancellation()
            if case .success(let response) = result { return response }
            if let reason = state.withLock({ $0.late }) {
                throw ChatProviderError(.timeout, reason, provider: provider.name)
            }
            do {
                return try result.get()
            } catch let error as ChatProviderError {
                throw error
            } catch is CancellationError {
                throw ChatProviderError(
                    .interrupted, "\(provider.name) gave the request up.", provider: provider.name)
            } catch {
                throw ChatProviderError(.failed, "\(provider.name) failed: \(error)", provider: provider.name)
            }
        }

        private func stream(_ request: ChatRequest) async throws -> ChatResponse {
            for try await event in provider.streamResponse(to: request) {
                switch event {
                case .text(let text):
                    guard begin() else { throw CancellationError() }
                    emit?(text)
                case .finished(let response):
                    guard begin() else { throw CancellationError() }
                    return response
                }
            }
            throw ChatProviderError(
                .interrupted, "\(provider.name) ended without an answer.", provider: provider.name)
        }

        /// Notes that text is there; false when it is too late for it.
        private func begin() -> Bool {
            state.withLock { state in
                if state.late == nil { state.hasBegun = true }
                return state.late == nil
            }
        }

        private func watch(
            _ work: Task<ChatResponse, any Error>, _ firstToken: Duration?,
            _ deadline: ContinuousClock.Instant?
        ) async {
            let start = ContinuousClock.now
            if let firstToken, deadline.map({ start + firstToken < $0 }) ?? true {
                try? await Task.sleep(for: firstToken)
                if Task.isCancelled { return }
                let isLate = state.withLock { state in
                    if state.hasBegun { return false }
                    state.late = "\(provider.name) has given no text within \(firstToken)."
                    return true
                }
                if isLate { return work.cancel() }
            }
            guard let deadline else { return }
            try? await Task.sleep(until: deadline, clock: .continuous)
            if Task.isCancelled { return }
            state.withLock { $0.late = "\(provider.name) was not done at the request's deadline." }
            work.cancel()
        }
    }
#endif
