// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Foundation
    import ONNXErrors

    /// How a redirect changes a request.
    enum HTTPRedirect {
        /// Fields that only the origin may see which they were meant for.
        private static let secrets = ["authorization", "cookie", "x-api-key", "proxy-authorization"]

        /// The next request, or nil when the response is no redirect.
        ///
        /// - Throws: `http.redirect` when the target is missing, is no `http` address, or would leave TLS.
        static func target(
            of response: HTTPResponse, _ request: HTTPRequest
        ) throws(ONNXError) -> HTTPRequest? {
            guard [301, 302, 303, 307, 308].contains(response.status) else { return nil }
            let origin = try HTTPAddress(request.url)
            guard let location = response.headers["location"], let base = URL(string: request.url),
                let url = URL(string: location, relativeTo: base)?.absoluteString
            else {
                throw ONNXError("http.redirect", "\(origin.place) redirects without saying where to.")
            }
            guard let address = try? HTTPAddress(url), origin.scheme == "http" || address.scheme == "https"
            else {
                throw ONNXError(
                    "http.redirect",
                    "\(origin.place) redirects to \(HTTPAddress.place(url)), which is not as safe.")
            }
            var next = request
            next.url = url
            if !address.hasSameOrigin(as: origin) { for name in secrets { next.headers.remove(name) } }
            let keepsMethod = response.status >= 307 || request.method == "GET" || request.method == "HEAD"
            if !keepsMethod {
                next.method = "GET"
                next.body = nil
                next.headers.remove("content-type")
            }
            return next
        }
    }
#endif
