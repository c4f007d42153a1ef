// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXGraph
import ONNXKernels
import ONNXOperators
package import ONNXTensors

/// Runs one node alone: made from the registry, inferred with all inputs known, computed.
package enum OperatorEvaluator {
    /// The outputs of a node.
    ///
    /// - Parameter bodies: what stands for the node's subgraphs, by attribute name.
    package static func run(
        _ type: String, domain: String = "", version: Int = 21, _ attributes: [String: Attribute] = [:],
        inputs: [Tensor?],
        outputCount: Int = 1, threads: Int = 2, loopStepLimit: Int = 1_000_000,
        bodies: [String: ([Tensor]) throws(ONNXError) -> [Tensor]] = [:]
    ) throws(ONNXError) -> [Tensor] {
        let node = Node(
            domain: domain, operatorType: type,
            inputs: inputs.indices.map { inputs[$0] == nil ? "" : "i\($0)" },
            outputs: (0..<outputCount).map { "o\($0)" }, attributes: attributes)
        let operation = try OperatorRegistry.builtin.makeOperator(for: node, version: version)
        let inference = InferenceContext()
        inference.reset(
            inputs: inputs.map { $0.map { TensorType($0.elementType, $0.shape) } }, values: inputs,
            requestedOutputs: [Bool](repeating: true, count: outputCount))
        let plans = try operation.inferOutputs(inference)
        guard plans.count >= outputCount else {
            throw ONNXError("test.outputs", "\(plans.count) of \(outputCount) outputs are planned.")
        }
        var buffers: [Tensor?] = []
        for plan in plans.prefix(outputCount) {
            switch plan.placement {
            case .allocated, .cache:
                let bytes = try plan.type.elementType.byteCount(forElements: plan.type.shape.elementCount)
                guard bytes <= 1 << 28 else {
                    throw ONNXError("run.budget", "The output has \(bytes) bytes.")
                }
                buffers.append(try Tensor(allocating: plan.type.elementType, plan.type.shape))
            case .view(let input, let offset):
                guard let source = inputs[input] else { throw ONNXError("test.view", "A view of nothing.") }
                buffers.append(
                    try Tensor(
                        plan.type.elementType, plan.type.shape, storage: source.storage,
                        byteOffset: source.byteOffset + offset))
            case .constant(let tensor): buffers.append(tensor)
            case .deferred: buffers.append(nil)
            }
        }
        let context = RunContext(
            RunResources(workers: try WorkerPool(threadCount: threads), loopStepLimit: loopStepLimit))
        let subgraphs = ClosureSubgraphs(bodies: bodies)
        context.reset(inputs: inputs, caches: [], outputs: buffers, subgraphs: subgraphs)
        try operation.run(context)
        var results: [Tensor] = []
        for output in context.outputs {
            guard let output else { throw ONNXError("test.outputs", "An output was not given.") }
            results.append(output)
        }
        return withExtendedLifetime(subgraphs) { results }
    }
}

private final class ClosureSubgraphs: SubgraphRunner {
    private let bodies: [String: ([Tensor]) throws(ONNXError) -> [Tensor]]

    init(bodies: [String: ([Tensor]) throws(ONNXError) -> [Tensor]]) { self.bodies = bodies }

    func runSubgraph(_ name: String, inputs: [Tensor]) throws(ONNXError) -> [Tensor] {
        guard let body = bodies[name] else { throw ONNXError("test.body", "No body stands for \(name).") }
        return try body(inputs)
    }
}
