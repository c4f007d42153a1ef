// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
import ONNXTensors

/// What the steps of one session share while they compute: threads, memory for intermediate results, and whether the
/// caller still wants them.
///
/// One step runs at a time, so one set of memory serves all.
package final class RunResources {
    package let workers: WorkerPool
    /// Memory that kernels keep from call to call.
    package let kernelScratch: KernelScratch
    /// Steps that one loop may take.
    package let loopStepLimit: Int
    /// Bytes that one piece of scratch memory may have.
    package let scratchByteLimit: Int
    /// Asked between pieces of long work.
    package var isCancelled: @Sendable () -> Bool
    private var scratchStorage: HeapStorage?

    package init(
        workers: WorkerPool, kernelScratch: KernelScratch = KernelScratch(),
        loopStepLimit: Int = 1_000_000, scratchByteLimit: Int = .max,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        self.workers = workers
        self.kernelScratch = kernelScratch
        self.loopStepLimit = loopStepLimit
        self.scratchByteLimit = scratchByteLimit
        self.isCancelled = isCancelled
    }

    /// Uninitialised memory, 64-byte aligned, valid until the next call.
    ///
    /// - Throws: `run.budget`, `memory.insufficient`.
    package func scratch(byteCount: Int) throws(ONNXError) -> UnsafeMutableRawPointer {
        if let scratchStorage, scratchStorage.byteCount >= byteCount { return scratchStorage.baseAddress }
        try checkBudget(byteCount)
        scratchStorage = nil
        let storage = try HeapStorage(byteCount: byteCount + byteCount / 4)
        scratchStorage = storage
        return storage.baseAddress
    }

    /// Throws `run.budget` where an operator needs more memory for itself than the run may have.
    func checkBudget(_ byteCount: Int) throws(ONNXError) {
        guard byteCount <= scratchByteLimit, byteCount <= .max / 2 else {
            throw ONNXError(
                "run.budget",
                "An operator needs \(byteCount) bytes while it computes; the limit is \(scratchByteLimit). Use a shorter input or raise the limit."
            )
        }
    }
}
