// SPDX-License-Identifier: Apache-2.0
#if Providers
    import AsyncHTTPClient
    import NIOCore
    import NIOHTTP1
    import NIOPosix
    import NIOSSL
    import ONNXErrors

    extension HTTPTransport {
        /// The error of ours for one of the client below.
        ///
        /// - Parameter begun: whether the head of the response had arrived.
        static func error(_ error: any Error, _ place: String, begun: Bool) -> any Error {
            if error is CancellationError || error is ONNXError { return error }
            if isTLS(error) {
                return ONNXError(
                    "http.tls",
                    "\(place) cannot be trusted or does not speak TLS: \(summary(error)). Check its certificate "
                        + "and the certificates that this machine trusts.")
            }
            if let error = error as? HTTPClientError {
                switch error {
                case .cancelled, .requestStreamCancelled: return CancellationError()
                case .connectTimeout, .getConnectionFromPoolTimeout, .httpProxyHandshakeTimeout:
                    return ONNXError("http.connect", "\(place) does not accept a connection in time.")
                case .tlsHandshakeTimeout:
                    return ONNXError("http.tls", "\(place) does not complete the TLS handshake in time.")
                case .readTimeout, .deadlineExceeded:
                    return ONNXError("http.timeout", "\(place) has sent nothing for too long.")
                case .remoteConnectionClosed, .uncleanShutdown:
                    return closed(place, begun)
                default: return ONNXError("http.protocol", "\(place): \(error.shortDescription).")
                }
            }
            if let error = error as? HTTPParserError, case .invalidEOFState = error {
                return closed(place, begun)
            }
            if error is ChannelError || error is IOError, begun { return closed(place, begun) }
            if error is NIOConnectionError || error is IOError || error is ChannelError {
                return ONNXError("http.connect", "\(place) cannot be reached: \(summary(error)).")
            }
            return ONNXError("http.protocol", "\(place): \(summary(error)).")
        }

        private static func closed(_ place: String, _ begun: Bool) -> ONNXError {
            ONNXError(
                "http.closed",
                "\(place) closed the connection \(begun ? "in the middle of" : "instead of") its answer.")
        }

        private static func isTLS(_ error: any Error) -> Bool {
            error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError
        }

        /// One line, of bounded length.
        private static func summary(_ error: any Error) -> String {
            let text: String
            switch error {
            case let error as NIOConnectionError:
                if let first = error.connectionErrors.first {
                    text = "\(first.error)"
                } else {
                    text = "no address is known for this name"
                }
            default: text = "\(error)"
            }
            return String(text.replacing("\n", with: " ").prefix(200))
        }
    }

    extension TimeAmount {
        init(_ duration: Duration) {
            let (seconds, attoseconds) = duration.components
            let bounded = min(seconds, 100 * 365 * 24 * 3600)
            self = .nanoseconds(bounded * 1_000_000_000 + attoseconds / 1_000_000_000)
        }
    }
#endif
