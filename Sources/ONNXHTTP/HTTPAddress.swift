// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Foundation
    package import ONNXErrors

    /// The parts of an address that connections and messages need.
    package struct HTTPAddress: Sendable, Hashable {
        /// `http` or `https`.
        package let scheme: String

        /// In lower case, without brackets.
        package let host: String
        package let port: Int
        package let path: String

        /// - Throws: `http.url` when the text is no `http` or `https` address with a host.
        package init(_ text: String) throws(ONNXError) {
            guard let url = URL(string: text), let scheme = url.scheme?.lowercased(),
                scheme == "http" || scheme == "https", let host = url.host(percentEncoded: false),
                !host.isEmpty
            else {
                throw ONNXError(
                    "http.url", "\"\(Self.bounded(text))\" is not an address of the form https://host/path.")
            }
            self.scheme = scheme
            self.host = host.lowercased().trimming { $0 == "[" || $0 == "]" }
            port = url.port ?? (scheme == "https" ? 443 : 80)
            path = url.path(percentEncoded: true)
        }

        /// Scheme, host and port are the same.
        package func hasSameOrigin(as other: HTTPAddress) -> Bool {
            scheme == other.scheme && host == other.host && port == other.port
        }

        /// Whether requests to it stay on this machine.
        package var isLoopback: Bool {
            host == "localhost" || host == "::1"
                || (host.hasPrefix("127.") && host.allSatisfy { $0 == "." || $0.isNumber })
        }

        /// How messages name it: without names, passwords, queries, which may hold secrets.
        package var place: String {
            let usual = port == (scheme == "https" ? 443 : 80)
            let name = host.contains(":") ? "[\(host)]" : host
            return "\(scheme)://\(name)\(usual ? "" : ":\(port)")\(path)"
        }

        /// How messages name an address that may not be one.
        package static func place(_ text: String) -> String {
            if let address = try? HTTPAddress(text) { return address.place }
            return bounded(text)
        }

        /// The beginning of a text that is no address, without what could be a secret.
        private static func bounded(_ text: String) -> String {
            let start = text.prefix { $0 != "?" && $0 != "#" && $0 != "@" }.prefix(200)
            return start.count < text.count ? start + "…" : String(start)
        }
    }

    extension String {
        fileprivate func trimming(_ isDropped: (Character) -> Bool) -> String {
            var rest = Substring(self)
            while let first = rest.first, isDropped(first) { rest.removeFirst() }
            while let last = rest.last, isDropped(last) { rest.removeLast() }
            return String(rest)
        }
    }
#endif
