// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXErrors
    import ONNXHTTP

    /// How long a download waits, and how often it tries again.
    package struct PullPatience: Sendable {
        /// Until a response begins.
        package var firstByte: Duration = .seconds(30)
        /// Between two parts of a body.
        package var idle: Duration = .seconds(30)
        /// Attempts in a row that bring nothing.
        package var attempts = 8
        /// The first pause; the next ones double up to ``longestPause``.
        package var pause: Duration = .milliseconds(250)
        package var longestPause: Duration = .seconds(20)

        package init() {}

        /// An answer that is no success, and the pause that the server asks for.
        struct Refused: Error {
            let error: ONNXError
            var retryAfter: Duration?
        }

        /// Whether it may be another time.
        static func isPassing(_ error: any Error) -> Bool {
            if let refused = error as? Refused { return isPassing(refused.error) }
            guard let error = error as? ONNXError else { return false }
            let passing: Set<String> = [
                "pull.rate_limit", "pull.server", "pull.expired", "http.connect", "http.timeout",
                "http.closed",
                "http.protocol", "pull.range",
            ]
            return passing.contains(error.code.rawValue)
        }

        /// What is to be told of an error.
        static func told(_ error: any Error) -> any Error { (error as? Refused)?.error ?? error }

        /// The pause before the attempt after `failures` failures.
        func pause(after failures: Int, _ error: any Error) -> Duration {
            if let wanted = (error as? Refused)?.retryAfter { return min(wanted, .seconds(120)) }
            var pause = pause
            for _ in 1..<max(1, min(failures, 20)) { pause = min(pause * 2, longestPause) }
            return pause
        }

        /// Does something again as long as it fails in passing.
        func repeating<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
            var failures = 0
            while true {
                do {
                    return try await body()
                } catch {
                    failures += 1
                    guard Self.isPassing(error), failures < attempts else { throw Self.told(error) }
                    try await Task.sleep(for: pause(after: failures, error))
                }
            }
        }

        /// The pause that a response asks for, where it is told in seconds.
        static func retryAfter(_ response: HTTPResponse) -> Duration? {
            response.headers["retry-after"].flatMap { Int($0) }.flatMap { $0 >= 0 ? .seconds($0) : nil }
        }
    }
#endif
