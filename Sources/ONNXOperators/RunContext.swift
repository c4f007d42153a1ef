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
    private let resources: RunResources
    private var inputs: [Tensor?] = []
    private var inputCaches: [KVCache?] = []
    package private(set) var outputs: [Tensor?] = []
    private weak var subgraphs: (any SubgraphRunner)?

    /// A context over what a session shares among its steps.
    package init(_ resources: RunResources) { self.resources = resources }

    /// A context with memory of its own.
    ///
    /// - Parameter isCancelled: asked between pieces of long work.
    package convenience init(
        workers: WorkerPool, kernelScratch: KernelScratch = KernelScratch(),
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        self.init(RunResources(workers: workers, kernelScratch: kernelScratch, isCancelled: isCancelled))
    }

    package var workers: WorkerPool { resources.workers }

    /// Memory that kernels keep from call to call.
    package var kernelScratch: KernelScratch { resources.kernelScratch }

    /// Steps that one loop may take; more are the error `run.steps`.
    package var loopStepLimit: Int { resources.loopStepLimit }

    /// Sets the context up for one node; `outputs` holds the buffers to fill, nil where nothing is to be written.
    package func reset(
        inputs: [Tensor?], caches: [KVCache?], outputs: [Tensor?], subgraphs: (any SubgraphRunner)? = nil
    ) {
        self.inputs = inputs
        self.inputCaches = caches
        self.outputs = outputs
        self.subgraphs = subgraphs
    }

    /// Puts another tensor in the place of one input; the position is one of those that were set up.
    package func setInput(_ index: Int, _ tensor: Tensor?) { inputs[index] = tensor }

    /// Puts another buffer in the place of one output; the position is one of those that were set up.
    package func setBuffer(_ index: Int, _ tensor: Tensor?) { outputs[index] = tensor }

    /// A context for the same node and run with other tensors in the places of inputs and outputs.
    package func derived(inputs: [Tensor?], outputs: [Tensor?]) -> RunContext {
        let context = RunContext(
            RunResources(
                workers: workers, loopStepLimit: loopStepLimit,
                scratchByteLimit: resources.scratchByteLimit, isCancelled: resources.isCancelled))
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
        try resources.scratch(byteCount: byteCount)
    }

    /// Throws `run.budget` where an operator needs more memory for itself than the run may have.
    package func checkBudget(elements: Int, ofByteCount size: Int) throws(ONNXError) {
        let (byteCount, overflow) = elements.multipliedReportingOverflow(by: size)
        try resources.checkBudget(overflow ? .max : byteCount)
    }

    /// Throws `run.cancelled` once the caller has given up.
    package func checkCancellation() throws(ONNXError) {
        if resources.isCancelled() { throw ONNXError("run.cancelled", "The run was cancelled.") }
    }
}
