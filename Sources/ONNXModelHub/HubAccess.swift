// SPDX-License-Identifier: Apache-2.0
#if Providers
    package import ONNXErrors
    import ONNXHTTP
    package import ONNXModelStore

    /// Which hub is spoken to, and as whom.
    package struct HubAccess: Sendable {
        /// Without a slash at its end.
        package let endpoint: String

        /// Sent to the endpoint alone, and only where nobody on the way can read it.
        private let token: Secret?

        /// A sentence about a token that was left out or lies open; nil when there is nothing to say.
        package let note: String?

        /// Text that no printing shows.
        private struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
            CustomReflectable
        {
            let text: String
            var description: String { "(a token)" }
            var debugDescription: String { description }
            var customMirror: Mirror { Mirror(self, children: []) }
        }

        /// - Throws: `http.url` when the endpoint is no address.
        package init(endpoint: String, token: String? = nil) throws(ONNXError) {
            try self.init(endpoint: endpoint, token: token, note: nil)
        }

        private init(endpoint: String, token: String?, note: String?) throws(ONNXError) {
            let address = try HTTPAddress(endpoint)
            self.endpoint = endpoint
            let text = token.map { String($0.filter { !$0.isWhitespace && $0.isASCII }) }
            let isSafe = address.scheme == "https" || address.isLoopback
            self.token = isSafe ? text.flatMap { $0.isEmpty ? nil : Secret(text: $0) } : nil
            self.note =
                text != nil && !isSafe
                ? "The token is not sent to \(address.place), as it would be readable on the way." : note
        }

        /// The hub and token that the environment names; the token may stand in a file.
        ///
        /// - Throws: `http.url`.
        package init(_ environment: StoreEnvironment) throws(ONNXError) {
            var token = environment.hubToken
            var note: String?
            if token == nil, let file = environment.hubTokenFile, let text = Disk.text(file, byteLimit: 4096)
            {
                token = text
                if Disk.isOpenToOthers(file) {
                    note = "Others may read the token in \"\(file)\"; \"chmod 600 '\(file)'\" mends it."
                }
            }
            try self.init(endpoint: environment.hubEndpoint, token: token, note: note)
        }

        package var hasToken: Bool { token != nil }

        /// Adds the token to a request, if it goes to the endpoint.
        func authorize(_ request: inout HTTPRequest) {
            guard let token, let address = try? HTTPAddress(request.url),
                let own = try? HTTPAddress(endpoint), address.hasSameOrigin(as: own)
            else { return }
            request.headers["Authorization"] = "Bearer \(token.text)"
        }
    }
#endif
