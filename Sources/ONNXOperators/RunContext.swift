// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

/// Runs a node's subgraphs for it.
package protocol SubgraphRunner: AnyObject {
    /// Runs the subgraph under the node's attribute `name` and gives its outputs.
    func runSubgraph(_ name: String, inputs: [Tensor]) throws(ONNXError) -> [Tensor]
}

/// What an operator works with while it computes: inputs, outputs, threads, scratch memory.
package final class RunContext {
    package let workers: WorkerPool
    /// Memory that kernels keep from call to call.
    package let kernelScratch: KernelScratch
    private var inputs: [Tensor?] = []
    private var inputCaches: [KVCache?] = []
    package private(set) var outputs: [Tensor?] = []
    private weak var subgraphs: (any SubgraphRunner)?
    private var scratchStorage: HeapStorage?
    private let isCancelled: @Sendable () -> Bool

    /// - Parameter isCancelled: asked between pieces of long work.
    package init(
        workers: WorkerPool, kernelScratch: KernelScratch = KernelScratch(),
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        self.workers = workers
        self.kernelScratch = kernelScratch
        self.isCancelled = isCancelled
    }

    /// Sets the context up for one node; `outputs` holds the buffers to fill, nil where nothing is to be written.
    package func reset(
        inputs: [Tensor?], caches: [KVCache?], outputs: [Tensor?], subgraphs: (any SubgraphRunner)? = nil
    ) {
        self.inputs = inputs
        self.inputCaches = caches
        self.outputs = outputs
        self.subgraphs = subgraphs
    }

    /// A context for the same node and run with other tensors in the places of inputs and outputs.
    package func derived(inputs: [Tensor?], outputs: [Tensor?]) -> RunContext {
        let context = RunContext(workers: workers, isCancelled: isCancelled)
        context.reset(inputs: inputs, caches: inputCaches, outputs: outputs, subgraphs: subgraphs)
        return context
    }

    package var inputCount: Int { inputs.count }
    package var outputCount: Int { outputs.count }

    /// An input that must be there.
    ///
    /// - Throws: `input.missing`.
    package func input(_ index: Int) throws(ONNXError) -> Tensor {
        guard index < inputs.count, let tensor = inputs[index] else {
            throw ONNXError("input.missing", "Input \(index) is required and left out.")
        }
        return tensor
    }

    /// Whether a tensor is given at this position.
    package func hasInput(_ index: Int) -> Bool { index < inputs.count && inputs[index] != nil }

    package func optionalInput(_ index: Int) -> Tensor? { index < inputs.count ? inputs[index] : nil }

    /// The cache given at this position, where it is one and not a tensor.
    package func cache(_ index: Int) -> KVCache? { index < inputCaches.count ? inputCaches[index] : nil }

    /// The buffer of an output to be written; nil where the node does not name it or it needs no writing.
    package func optionalOutput(_ index: Int) -> Tensor? { index < outputs.count ? outputs[index] : nil }

    /// The buffer of an output that is planned as ``OutputPlan/Placement-swift.enum/allocated``.
    package func output(_ index: Int) throws(ONNXError) -> Tensor {
        guard index < outputs.count, let tensor = outputs[index] else {
            throw ONNXError("internal.output", "Output \(index) has no buffer.")
        }
        return tensor
    }

    /// Gives the tensor of an output planned as deferred.
    package func setOutput(_ index: Int, _ tensor: Tensor) {
        if index < outputs.count { outputs[index] = tensor }
    }

    /// Runs the subgraph under the node's attribute `name`.
    package func runSubgraph(_ name: String, inputs: [Tensor]) throws(ONNXError) -> [Tensor] {
        guard let subgraphs else {
            throw ONNXError("internal.subgraph", "The node's subgraph \(name) cannot be run here.")
        }
        return try subgraphs.runSubgraph(name, inputs: inputs)
    }

    /// Uninitialised memory, 64-byte aligned, valid until the operator returns or asks again.
    package func scratch(byteCount: Int) throws(ONNXError) -> UnsafeMutableRawPointer {
        if let scratchStorage, scratchStorage.byteCount >= byteCount { return scratchStorage.baseAddress }
        scratchStorage = nil
        let storage = try HeapStorage(byteCount: byteCount + byteCount / 4)
        scratchStorage = storage
        return storage.baseAddress
    }

    /// Throws `run.cancelled` once the caller has given up.
    package func checkCancellation() throws(ONNXError) {
        if isCancelled() { throw ONNXError("run.cancelled", "The run was cancelled.") }
    }
}
