// SPDX-License-Identifier: Apache-2.0
#if Providers
    /// How long a remote provider may take.
    public struct RemoteTimeouts: Sendable, Hashable {
        /// From the request until a stream begins.
        public var firstByte: Duration = .seconds(60)

        /// Between two parts of a stream.
        public var idle: Duration = .seconds(60)

        /// From the request until the end of the answer.
        public var total: Duration = .seconds(600)

        public init() {}
    }
#endif
