// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXLM

    /// Several providers in order: the first that can answers.
    ///
    ///     let fallback = FallbackProvider([local, remote])
    ///     let response = try await fallback.respond(to: ChatRequest("Hello"))
    ///     print(response.provider, response.attempts)
    ///
    /// Every answer says who gave it and why the others did not. A stream whose first text has been given never goes on
    /// from another provider: should it break off, that is its error.
    public final class FallbackProvider: ChatProvider {
        public let name: String
        public let policy: FallbackPolicy
        public let providers: [any ChatProvider]
        private let breakers: [CircuitBreaker]
        private let ledger = SpendingLedger()

        /// - Parameter providers: the one to be asked first is the first.
        public init(
            _ providers: [any ChatProvider], policy: FallbackPolicy = FallbackPolicy(),
            name: String = "fallback"
        ) {
            self.name = name
            self.policy = policy
            self.providers = providers
            breakers = providers.map { _ in
                CircuitBreaker(
                    threshold: policy.circuitBreakerThreshold, cooldown: policy.circuitBreakerCooldown)
            }
        }

        public var model: String { providers.first?.model ?? "" }

        /// Under ``FallbackPolicy/localOnly`` always.
        public var staysOnThisMachine: Bool {
            policy.localOnly || providers.allSatisfy(\.staysOnThisMachine)
        }

        public var prices: ChatPrices? { nil }

        /// US dollars that the answers so far have cost, by the providers' prices. An answer of unknown length, and one
        /// that broke off, counts with the most it can have cost.
        public var spent: Double { ledger.spent }

        public func respond(to request: ChatRequest) async throws -> ChatResponse {
            try await answer(request, emit: nil)
        }

        public func streamResponse(to request: ChatRequest) -> ChatResponseStream {
            ChatResponseStream { emit in try await self.answer(request, emit: emit) }
        }

        private func answer(
            _ request: ChatRequest, emit: (@Sendable (String) -> Void)?
        ) async throws -> ChatResponse {
            let deadline = policy.totalDeadline.map { ContinuousClock.now + $0 }
            var attempts: [ChatAttempt] = []
            var last: ChatProviderError?
            for (provider, breaker) in zip(providers, breakers) {
                for number in 0... {
                    let start = ContinuousClock.now
                    do {
                        var response = try await ask(
                            provider, breaker, request, emit: emit, deadline: deadline)
                        response.attempts = attempts + response.attempts
                        return response
                    } catch let failure as FallbackFailure {
                        var error = failure.error
                        guard !failure.isFinal, policy.mayFallThrough(error.kind) else {
                            error.attempts = attempts + error.attempts
                            throw error
                        }
                        attempts += error.attempts
                        attempts.append(
                            ChatAttempt(
                                provider: provider.name, model: provider.model, kind: error.kind,
                                reason: error.error.message,
                                seconds: failure.wasAsked ? start.duration(to: .now).inSeconds : 0))
                        last = error
                        guard failure.wasAsked, number < policy.retryCount,
                            policy.retried.contains(error.kind),
                            let delay = delay(before: number, error),
                            deadline.map({ .now + delay < $0 }) ?? true
                        else { break }
                        try await Task.sleep(for: delay)
                    }
                }
            }
            throw exhausted(attempts, last)
        }

        /// Asks once.
        ///
        /// - Throws: a `FallbackFailure`, or `CancellationError`.
        private func ask(
            _ provider: any ChatProvider, _ breaker: CircuitBreaker, _ request: ChatRequest,
            emit: (@Sendable (String) -> Void)?, deadline: ContinuousClock.Instant?
        ) async throws -> ChatResponse {
            func notAsked(_ kind: ChatProviderError.Kind, _ reason: String) -> FallbackFailure {
                FallbackFailure(
                    error: ChatProviderError(kind, reason, provider: provider.name), wasAsked: false)
            }
            if policy.localOnly, !provider.staysOnThisMachine {
                throw notAsked(.leavesMachine, "Not asked: only providers that stay on this machine are.")
            }
            if let deadline, .now >= deadline {
                throw FallbackFailure(
                    error: ChatProviderError(
                        .timeout, "The request's deadline passed before \(provider.name) could be asked.",
                        provider: provider.name), wasAsked: false, isFinal: true)
            }
            if let wait = breaker.waitBeforeRequest() {
                throw notAsked(
                    .circuitOpen, "Not asked: it has failed repeatedly; left alone for \(wait) more.")
            }
            var request = request
            guard let reserved = reserve(provider, &request) else {
                breaker.abandon()
                throw notAsked(
                    .overBudget,
                    provider.prices == nil
                        ? "Not asked: its prices are not known, so the spending cap could not be kept."
                        : "Not asked: the answer could cost more than the spending cap leaves.")
            }
            let attempt = FallbackAttempt(provider, emit: emit)
            do {
                let response = try await attempt.run(
                    request, firstToken: policy.firstTokenTimeout, deadline: deadline)
                breaker.succeed()
                ledger.settle(reserved: reserved, spent: response.costEstimate ?? reserved)
                return response
            } catch let error as ChatProviderError {
                // What was begun may be charged for, and nobody says how much.
                ledger.settle(reserved: reserved, spent: attempt.hasBegun ? reserved : 0)
                if Self.tellsOfProvider(error.kind) { breaker.fail() } else { breaker.abandon() }
                throw FallbackFailure(
                    error: error, wasAsked: true, isFinal: emit != nil && attempt.hasBegun)
            } catch {
                ledger.settle(reserved: reserved, spent: attempt.hasBegun ? reserved : 0)
                breaker.abandon()
                throw error
            }
        }

        /// Sets aside what the request can cost at most; nil when the cap does not allow it.
        private func reserve(_ provider: any ChatProvider, _ request: inout ChatRequest) -> Double? {
            guard let cap = policy.spendingCap else { return 0 }
            guard let prices = provider.prices else { return nil }
            guard prices != .free else { return 0 }
            let maximum = request.options.maximumTokens ?? policy.maximumTokensUnderCap
            request.options.maximumTokens = maximum
            let amount = prices.cost(of: SpendingLedger.largestUsage(request, maximumTokens: maximum))
            return ledger.reserve(amount, cap: cap) ? amount : nil
        }

        private func delay(before retry: Int, _ error: ChatProviderError) -> Duration? {
            let backOff = policy.retryDelay * (1 << min(retry, 20)) * Double.random(in: 0.5...1)
            let delay = max(min(backOff, policy.maximumRetryDelay), error.retryAfter ?? .zero)
            return delay <= policy.maximumRetryDelay ? delay : nil
        }

        /// Whether a failure is a reason to leave the provider alone for a while.
        private static func tellsOfProvider(_ kind: ChatProviderError.Kind) -> Bool {
            switch kind {
            case .badRequest, .refused, .contextTooLong, .overBudget, .leavesMachine: false
            default: true
            }
        }

        private func exhausted(_ attempts: [ChatAttempt], _ last: ChatProviderError?) -> ChatProviderError {
            let message =
                providers.isEmpty
                ? "There is no provider to ask." : "None of the \(providers.count) providers answered."
            var error = ChatProviderError(
                .exhausted, message, provider: name, status: last?.status, retryAfter: last?.retryAfter)
            error.attempts = attempts
            return error
        }
    }

    /// Why one provider of several did not answer.
    private struct FallbackFailure: Error {
        let error: ChatProviderError
        let wasAsked: Bool

        /// Whether no other provider may be asked, whatever the policy says.
        var isFinal = false
    }
#endif
