// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Synchronization

    /// Lets so many tasks in at a time, in the order in which they came.
    final class TaskQueue: Sendable {
        private struct State {
            var free: Int
            var waiting: [(id: Int, continuation: CheckedContinuation<Void, any Error>)] = []
            var cancelled: Set<Int> = []
            var nextID = 0
        }

        private let state: Mutex<State>

        init(limit: Int) { state = Mutex(State(free: max(1, limit))) }

        /// Waits for a place; every call that returns has to be followed by ``leave()``.
        ///
        /// - Throws: `CancellationError`.
        func enter() async throws {
            let id = state.withLock { state in
                state.nextID += 1
                return state.nextID
            }
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    enum Step { case enter, wait, cancelled }
                    let step: Step = state.withLock { state in
                        if state.cancelled.remove(id) != nil { return .cancelled }
                        if state.free > 0 {
                            state.free -= 1
                            return .enter
                        }
                        state.waiting.append((id, continuation))
                        return .wait
                    }
                    switch step {
                    case .enter: continuation.resume()
                    case .cancelled: continuation.resume(throwing: CancellationError())
                    case .wait: break
                    }
                }
            } onCancel: {
                let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                    guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
                        state.cancelled.insert(id)
                        return nil
                    }
                    return state.waiting.remove(at: index).continuation
                }
                waiting?.resume(throwing: CancellationError())
            }
            state.withLock { _ = $0.cancelled.remove(id) }
        }

        /// Gives the place to the next that waits.
        func leave() {
            let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                guard !state.waiting.isEmpty else {
                    state.free += 1
                    return nil
                }
                return state.waiting.removeFirst().continuation
            }
            next?.resume()
        }
    }
#endif
