// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXLM
    import Synchronization

    /// What was spent and what running requests may still cost, in US dollars.
    final class SpendingLedger: Sendable {
        private struct State {
            var spent = 0.0
            var reserved = 0.0
        }

        private let state = Mutex(State())

        var spent: Double { state.withLock { $0.spent } }

        /// Sets an amount aside; false when the cap does not allow it.
        func reserve(_ amount: Double, cap: Double) -> Bool {
            state.withLock { state in
                guard state.spent + state.reserved + amount <= cap else { return false }
                state.reserved += amount
                return true
            }
        }

        /// Ends a reservation with what the request cost.
        func settle(reserved: Double, spent: Double) {
            state.withLock { state in
                state.reserved = max(0, state.reserved - reserved)
                state.spent += spent
            }
        }

        /// Tokens that a request can have at most: each has a byte of text or more, and a template adds some.
        static func largestUsage(_ request: ChatRequest, maximumTokens: Int) -> TokenUsage {
            let prompt = request.allMessages.reduce(64) { $0 + $1.content.utf8.count + 16 }
            return TokenUsage(promptTokenCount: prompt, generatedTokenCount: maximumTokens)
        }
    }
#endif
