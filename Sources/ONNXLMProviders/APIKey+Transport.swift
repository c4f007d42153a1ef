// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXHTTP
    import ONNXLM

    extension APIKey {
        /// Refuses to send a key where others on the way could read it.
        ///
        /// - Throws: `http.url` for an address that is none; `key.insecure` for `http` to another machine.
        static func require(safe url: String, for key: APIKey?, allowsPlainHTTP: Bool = false)
            throws(ONNXError)
        {
            let address = try HTTPAddress(url)
            guard key == nil || address.scheme == "https" || address.isLoopback || allowsPlainHTTP else {
                throw ONNXError(
                    "key.insecure",
                    "The key would go to \(address.place) for everybody on the way to read. Use https.")
            }
        }
    }
#endif
