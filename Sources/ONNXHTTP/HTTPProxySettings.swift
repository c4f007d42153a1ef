// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Foundation

    /// Which proxy a request goes through.
    package struct HTTPProxySettings: Sendable, Hashable {
        package struct Proxy: Sendable, Hashable {
            package var host: String
            package var port: Int

            /// `name:password`.
            package var credentials: String?
        }

        package var http: Proxy?
        package var https: Proxy?

        /// Hosts, `.domains`, or `*`, optionally with `:port`, that are reached directly.
        package var exceptions: [String] = []

        package init() {}

        /// The settings of the variables `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`, of which all but the
        /// first may be in capitals, too (`HTTP_PROXY` can be set by a client of a CGI program, so it is not read).
        package init(environment: [String: String]) {
            func value(_ name: String) -> String? {
                let value = environment[name] ?? environment[name.uppercased()]
                return value.flatMap { $0.isEmpty ? nil : $0 }
            }
            let all = value("all_proxy")
            http = (environment["http_proxy"] ?? all).flatMap(Self.parse)
            https = (value("https_proxy") ?? all).flatMap(Self.parse)
            exceptions = (value("no_proxy") ?? "").split { $0 == "," || $0 == " " }.map { $0.lowercased() }
        }

        private static func parse(_ text: String) -> Proxy? {
            guard let url = URL(string: text.contains("://") ? text : "http://" + text),
                let host = url.host(percentEncoded: false), !host.isEmpty
            else { return nil }
            let user = url.user(percentEncoded: false)
            let credentials = user.map { "\($0):\(url.password(percentEncoded: false) ?? "")" }
            return Proxy(host: host, port: url.port ?? 80, credentials: credentials)
        }

        /// The proxy for an address; nil for a direct connection, as always on this machine.
        package func proxy(for address: HTTPAddress) -> Proxy? {
            guard !address.isLoopback, !exceptions.contains(where: { Self.matches($0, address) }) else {
                return nil
            }
            return address.scheme == "https" ? https : http
        }

        private static func matches(_ exception: String, _ address: HTTPAddress) -> Bool {
            if exception == "*" { return true }
            var name = Substring(exception)
            if let colon = name.lastIndex(of: ":"), let port = Int(name[name.index(after: colon)...]),
                name.firstIndex(of: ":") == colon
            {
                guard port == address.port else { return false }
                name = name[..<colon]
            }
            if name.hasPrefix("*") { name.removeFirst() }
            if name.hasPrefix(".") { return address.host.hasSuffix(name) || address.host == name.dropFirst() }
            return address.host == name || address.host.hasSuffix("." + name)
        }
    }
#endif
