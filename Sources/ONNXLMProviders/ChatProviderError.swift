// SPDX-License-Identifier: Apache-2.0
#if Providers
    public import ONNXLM

    /// Why a provider did not answer.
    ///
    /// ``kind`` is what policies decide by, ``error`` says it to people. No text of it holds a key.
    public struct ChatProviderError: Error, Sendable, Hashable, CustomStringConvertible {
        /// A kind of failure. Codes of errors from remote providers are `provider.KIND`.
        public struct Kind: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
            public let rawValue: String

            public init(rawValue: String) { self.rawValue = rawValue }

            public var description: String { rawValue }

            /// There is no such model, there or here.
            public static let modelMissing = Kind(rawValue: "model_missing")

            /// The model does not fit in this machine's memory.
            public static let doesNotFit = Kind(rawValue: "does_not_fit")

            /// Files of the model are missing, cut short, or not what they should be.
            public static let weightsIncomplete = Kind(rawValue: "weights_incomplete")

            /// The model needs something that the engine does not have.
            public static let unsupportedModel = Kind(rawValue: "unsupported_model")

            /// The conversation is longer than the model's context.
            public static let contextTooLong = Kind(rawValue: "context_too_long")

            /// Nothing came in time, or the time for the whole answer was over.
            public static let timeout = Kind(rawValue: "timeout")

            /// Too many requests or tokens, or no credit left.
            public static let rateLimit = Kind(rawValue: "rate_limit")

            /// The provider's own failure.
            public static let serverError = Kind(rawValue: "server_error")

            /// No connection, or one that cannot be trusted.
            public static let unreachable = Kind(rawValue: "unreachable")

            /// The answer broke off.
            public static let interrupted = Kind(rawValue: "interrupted")

            /// What came is not what the provider's interface says.
            public static let malformedAnswer = Kind(rawValue: "malformed_answer")

            /// There is no key, or none that could be read.
            public static let keyMissing = Kind(rawValue: "key_missing")

            /// The provider does not accept the key.
            public static let unauthorized = Kind(rawValue: "unauthorized")

            /// The request is wrong. Never tried elsewhere.
            public static let badRequest = Kind(rawValue: "bad_request")

            /// The content was refused. Never tried elsewhere.
            public static let refused = Kind(rawValue: "refused")

            /// The policy forbids asking: the request would leave the machine.
            public static let leavesMachine = Kind(rawValue: "leaves_machine")

            /// The policy forbids asking: it could cost more than is left.
            public static let overBudget = Kind(rawValue: "over_budget")

            /// Not asked, because it failed several times in a row a short time ago.
            public static let circuitOpen = Kind(rawValue: "circuit_open")

            /// None of several providers answered.
            public static let exhausted = Kind(rawValue: "exhausted")

            /// Anything else.
            public static let failed = Kind(rawValue: "failed")
        }

        public let kind: Kind
        public let error: ONNXError
        public let provider: String

        /// The status of the HTTP response, where there was one.
        public let status: Int?

        /// How long the provider wants to be left alone.
        public let retryAfter: Duration?

        /// Who was asked before and why they did not answer, in order.
        public var attempts: [ChatAttempt] = []

        public init(
            _ kind: Kind, _ error: ONNXError, provider: String, status: Int? = nil,
            retryAfter: Duration? = nil
        ) {
            self.kind = kind
            self.error = error
            self.provider = provider
            self.status = status
            self.retryAfter = retryAfter
        }

        init(
            _ kind: Kind, _ message: String, provider: String, status: Int? = nil, retryAfter: Duration? = nil
        ) {
            let code = ONNXError.Code(rawValue: "provider.\(kind)")
            self.init(
                kind, ONNXError(code, message), provider: provider, status: status, retryAfter: retryAfter)
        }

        /// `error[code]: message`, with a line for each attempt.
        public var description: String {
            ([error.description] + attempts.map { "  \($0)" }).joined(separator: "\n")
        }
    }
#endif
