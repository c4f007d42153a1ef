// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Foundation

    extension HTTPTransport.Configuration {
        /// What the environment says: the proxy variables, and in `SSL_CERT_FILE` certificates (PEM) to be trusted
        /// beside those of the system.
        package static func fromEnvironment(
            _ environment: [String: String] = ProcessInfo.processInfo.environment
        ) -> HTTPTransport.Configuration {
            var configuration = HTTPTransport.Configuration()
            configuration.proxy = HTTPProxySettings(environment: environment)
            if let path = environment["SSL_CERT_FILE"], let data = FileManager.default.contents(atPath: path)
            {
                configuration.trustedCertificates = [UInt8](data)
            }
            return configuration
        }
    }
#endif
