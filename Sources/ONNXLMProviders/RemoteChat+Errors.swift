// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXLM

    extension RemoteChat {
        /// An error that the provider announced.
        func error(_ failure: ChatFailure, status: Int?) -> ChatProviderError {
            let status = status.flatMap { (200..<300).contains($0) ? nil : $0 } ?? failure.status
            let kind = failure.kind ?? status.map { Self.kind(ofStatus: $0) } ?? .serverError
            var text = "\(name) answers"
            if let status { text += " with status \(status)" }
            let words = shown(failure.message)
            text += words.isEmpty ? "." : ": \(words)"
            if kind == .unauthorized { text += " (its key is wrong, expired, or not for this model)" }
            return ChatProviderError(
                kind, text, provider: name, status: status, retryAfter: failure.retryAfter)
        }

        static func kind(ofStatus status: Int) -> ChatProviderError.Kind {
            switch status {
            case 401, 403: .unauthorized
            case 404, 410: .modelMissing
            case 402, 429: .rateLimit
            case 408, 504: .timeout
            case 500...: .serverError
            case 300..<400: .failed
            default: .badRequest
            }
        }

        func malformed(_ words: String) -> ChatProviderError {
            ChatProviderError(.malformedAnswer, "\(name) \(words).", provider: name)
        }

        /// The error for one of the transport or of a parser.
        func failed(_ error: ONNXError, begun: Bool) -> ChatProviderError {
            let kind: ChatProviderError.Kind =
                switch error.code {
                case "http.timeout": .timeout
                case "http.connect", "http.tls": .unreachable
                case "http.closed": begun ? .interrupted : .serverError
                case "http.too_large", "http.protocol", "sse.too_large": .malformedAnswer
                case "http.url": .badRequest
                default: error.code.rawValue.hasPrefix("json.") ? .malformedAnswer : .failed
                }
            return ChatProviderError(kind, shown(error.message, limit: 600), provider: name)
        }

        func shown(_ bytes: [UInt8]) -> String { shown(String(decoding: bytes.prefix(4096), as: UTF8.self)) }

        /// Words from outside as messages may show them: without the key, without control characters, not long.
        func shown(_ text: String, limit: Int = 300) -> String {
            let safe = (key?.removed(from: text) ?? text).unicodeScalars.map { scalar -> Character in
                scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                    ? " " : Character(scalar)
            }
            return safe.count > limit ? String(safe.prefix(limit)) + "…" : String(safe)
        }
    }
#endif
