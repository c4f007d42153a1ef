// SPDX-License-Identifier: Apache-2.0

/// Which passes change a graph, and how much memory constant folding may take.
package struct OptimizerOptions: Sendable {
    /// Names of passes to leave out; see ``GraphOptimizer/passNames``.
    package var disabledPasses: Set<String> = []
    /// Bytes that one folded value may take.
    package var foldedValueByteLimit = 16 << 20
    /// Bytes that all folded values together may take.
    package var foldedByteLimit = 256 << 20

    package init(disabledPasses: Set<String> = []) { self.disabledPasses = disabledPasses }
}
