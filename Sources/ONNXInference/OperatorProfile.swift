// SPDX-License-Identifier: Apache-2.0

/// What the operators of one kind took in a measured stretch of runs.
package struct OperatorProfile: Sendable, Hashable {
    /// The operator's name, or that of the fusion that took its place.
    package var kind: String
    package var calls: Int
    /// Time by the clock on the wall, all calls together.
    package var seconds: Double
    /// Bytes of weights, caches and activations that the calls read and wrote, each counted once a call.
    package var bytes: Int

    package init(kind: String, calls: Int = 0, seconds: Double = 0, bytes: Int = 0) {
        self.kind = kind
        self.calls = calls
        self.seconds = seconds
        self.bytes = bytes
    }

    /// Counts one more call.
    package mutating func add(seconds: Double, bytes: Int) {
        calls += 1
        self.seconds += seconds
        self.bytes += bytes
    }
}
