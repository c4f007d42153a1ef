// SPDX-License-Identifier: Apache-2.0
#if Providers
    import NIOSSL
    import ONNXJSON
    import ONNXTestSupport

    /// The certificate of the tests' servers, for `localhost` and 127.0.0.1.
    package enum LoopbackCertificate {
        /// The file (PEM) that clients have to trust.
        package static var path: String { Fixtures.folder + "/http/loopback.pem" }

        package static func bytes() throws -> [UInt8] { try FileBytes.read(path, byteLimit: 1 << 16) }

        static func serverContext() throws -> NIOSSLContext {
            let chain = try NIOSSLCertificate.fromPEMFile(path)
            let key = try NIOSSLPrivateKey(file: Fixtures.folder + "/http/loopback-key.pem", format: .pem)
            return try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
        }
    }
#endif
