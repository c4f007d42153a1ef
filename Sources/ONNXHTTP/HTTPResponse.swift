// SPDX-License-Identifier: Apache-2.0
#if Providers
    /// The head of a response, and its body as it arrives.
    package struct HTTPResponse: Sendable {
        package let status: Int
        package let headers: HTTPFields

        /// The address that answered, after redirects.
        package let url: String

        /// Can be iterated once. Left unread, the connection is closed when the response goes.
        package let body: HTTPBody

        /// The media type without its parameters, in lower case; empty when the server named none.
        package var mediaType: String {
            let value = headers["content-type"] ?? ""
            return value.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        }
    }
#endif
