// SPDX-License-Identifier: Apache-2.0
#if Providers
    /// When a ``FallbackProvider`` asks the next provider, and what it never does.
    public struct FallbackPolicy: Sendable, Hashable {
        /// Kinds of failure after which the next provider is asked. ``ChatProviderError/Kind/badRequest`` and
        /// ``ChatProviderError/Kind/refused`` end the request whether they are here or not.
        public var fallsThrough: Set<ChatProviderError.Kind> = [
            .modelMissing, .doesNotFit, .weightsIncomplete, .unsupportedModel, .contextTooLong, .timeout,
            .rateLimit, .serverError, .unreachable, .interrupted, .malformedAnswer, .keyMissing,
            .unauthorized,
            .leavesMachine, .overBudget, .circuitOpen, .failed,
        ]

        /// Kinds of failure after which the same provider is asked again.
        public var retried: Set<ChatProviderError.Kind> = [
            .rateLimit, .serverError, .unreachable, .interrupted,
        ]

        /// How often a provider is asked again.
        public var retryCount = 1

        /// The wait before the first retry; each further wait is twice as long. The real wait is from half of it to all
        /// of it, at random. A provider that asks for a longer one (`Retry-After`) gets it.
        public var retryDelay: Duration = .milliseconds(500)

        /// No wait is longer; a provider that asks for more is left for the next one.
        public var maximumRetryDelay: Duration = .seconds(20)

        /// From asking a provider to its first text, a local model's loading included. Nil for no such limit.
        public var firstTokenTimeout: Duration? = .seconds(60)

        /// From the request to the end of the answer, everything included. Nil for no such limit.
        public var totalDeadline: Duration?

        /// Failures in a row after which a provider is left alone for ``circuitBreakerCooldown``, and then tried with
        /// one request. 0 for never.
        public var circuitBreakerThreshold = 5
        public var circuitBreakerCooldown: Duration = .seconds(30)

        /// US dollars that all requests together may cost. Before a request what it can cost at most is set aside, so
        /// the cap holds for requests side by side as well; a provider without known prices is not asked. Nil for no
        /// cap.
        public var spendingCap: Double?

        /// New tokens at most, under a spending cap, for a request that does not say.
        public var maximumTokensUnderCap = 1024

        /// Only providers that stay on this machine are asked: no byte leaves it.
        public var localOnly = false

        public init() {}

        func mayFallThrough(_ kind: ChatProviderError.Kind) -> Bool {
            kind != .badRequest && kind != .refused && fallsThrough.contains(kind)
        }
    }
#endif
