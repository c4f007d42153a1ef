// SPDX-License-Identifier: Apache-2.0

/// How much a JSON text may ask for before it is refused.
package struct JSONLimits: Sendable, Hashable {
    /// Arrays and objects inside each other. Values above ``deepest`` count as ``deepest``.
    package var depth: Int

    /// Bytes of text.
    package var byteCount: Int

    /// Limits, of which the depth is cut to ``deepest``.
    package init(depth: Int = 512, byteCount: Int = 256 << 20) {
        self.depth = min(depth, Self.deepest)
        self.byteCount = byteCount
    }

    /// The depth up to which reading, comparing and releasing a value fit on a thread's stack.
    package static let deepest = 2048
}
