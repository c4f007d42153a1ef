// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels

/// What all parts of one run share: threads, limits, whether the caller still wants it.
final class RunState {
    let workers: WorkerPool
    let intermediateByteLimit: Int
    private(set) var isCancelled: @Sendable () -> Bool
    private var nodesLeft = nodeLimit

    private static let nodeLimit = 50_000_000

    init(workers: WorkerPool, intermediateByteLimit: Int, isCancelled: @escaping @Sendable () -> Bool) {
        self.workers = workers
        self.intermediateByteLimit = intermediateByteLimit
        self.isCancelled = isCancelled
    }

    /// Sets the state up for another run.
    func reset(isCancelled: @escaping @Sendable () -> Bool) {
        self.isCancelled = isCancelled
        nodesLeft = Self.nodeLimit
    }

    /// Counts one node against the limit of nodes in a run.
    ///
    /// - Throws: `run.too_many_nodes`.
    func countNode() throws(ONNXError) {
        nodesLeft -= 1
        guard nodesLeft > 0 else {
            throw ONNXError("run.too_many_nodes", "The run executed 50,000,000 nodes; a loop may not end.")
        }
    }

    /// - Throws: `run.cancelled` once the caller has given up.
    func checkCancellation() throws(ONNXError) {
        if isCancelled() { throw ONNXError("run.cancelled", "The run was cancelled.") }
    }
}
