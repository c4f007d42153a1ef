// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// What all parts of one run share: threads, limits, whether the caller still wants it.
final class RunState {
    let workers: WorkerPool
    let limits: RunLimits
    private(set) var isCancelled: @Sendable () -> Bool
    private var nodesLeft: Int
    private var currentMeter: MemoryMeter?

    init(workers: WorkerPool, limits: RunLimits, isCancelled: @escaping @Sendable () -> Bool) {
        self.workers = workers
        self.limits = limits
        self.isCancelled = isCancelled
        nodesLeft = limits.nodes
    }

    /// Sets the state up for another run.
    func reset(isCancelled: @escaping @Sendable () -> Bool) {
        self.isCancelled = isCancelled
        nodesLeft = limits.nodes
        currentMeter = nil
    }

    /// Counts the memory of tensors that the run makes outside the plan; made when it is first asked for, so that runs
    /// that need none allocate nothing.
    var meter: MemoryMeter {
        if let currentMeter { return currentMeter }
        let meter = MemoryMeter(limit: limits.intermediateBytes)
        currentMeter = meter
        return meter
    }

    /// Counts one node against the limit of nodes in a run.
    ///
    /// - Throws: `run.too_many_nodes`.
    func countNode() throws(ONNXError) {
        nodesLeft -= 1
        guard nodesLeft >= 0 else {
            throw ONNXError(
                "run.too_many_nodes",
                "The run executed \(limits.nodes) nodes, which is the limit; a loop may not end. Raise LoadOptions.nodeLimit if it does."
            )
        }
    }

    /// - Throws: `run.cancelled` once the caller has given up.
    func checkCancellation() throws(ONNXError) {
        if isCancelled() { throw ONNXError("run.cancelled", "The run was cancelled.") }
    }
}

/// What one run may use at most.
struct RunLimits: Sendable {
    var intermediateBytes: Int
    var nodes: Int
    var loopSteps: Int

    init(_ options: LoadOptions) {
        intermediateBytes = options.intermediateByteLimit
        nodes = options.nodeLimit
        loopSteps = options.loopStepLimit
    }
}
