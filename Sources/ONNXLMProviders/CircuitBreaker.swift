// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Synchronization

    /// Keeps requests from a provider that fails again and again. After the cooldown one request tries it.
    final class CircuitBreaker: Sendable {
        private struct State {
            var failures = 0
            var opened: ContinuousClock.Instant?
            var isTrying = false
        }

        private let threshold: Int
        private let cooldown: Duration
        private let state = Mutex(State())

        init(threshold: Int, cooldown: Duration) {
            self.threshold = threshold
            self.cooldown = cooldown
        }

        /// Whether a request may be made; nil if so, else how long it was to wait. A request that may be made ends with
        /// ``succeed()``, ``fail()`` or ``abandon()``.
        func waitBeforeRequest(_ now: ContinuousClock.Instant = .now) -> Duration? {
            state.withLock { state in
                guard threshold > 0, let opened = state.opened else { return nil }
                let left = now.duration(to: opened + cooldown)
                if left > .zero { return left }
                if state.isTrying { return .zero }
                state.isTrying = true
                return nil
            }
        }

        func succeed() { state.withLock { $0 = State() } }

        func fail(_ now: ContinuousClock.Instant = .now) {
            state.withLock { state in
                state.failures += 1
                if state.failures >= threshold { state.opened = now }
                state.isTrying = false
            }
        }

        /// The request ended without a word on the provider.
        func abandon() { state.withLock { $0.isTrying = false } }
    }
#endif
