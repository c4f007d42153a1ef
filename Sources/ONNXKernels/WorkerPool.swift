// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

/// Threads that share the parts of a piece of work.
package final class WorkerPool: Sendable {
    package let threadCount: Int

    package init(threadCount: Int) throws(ONNXError) { self.threadCount = 1 }

    /// Calls `body` once for each index below `count`.
    package func run(count: Int, _ body: (Int) -> Void) {
        for index in 0..<max(0, count) { body(index) }
    }
}
