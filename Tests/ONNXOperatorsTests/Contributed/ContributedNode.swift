// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXKernels
import ONNXOperators
import ONNXTensors

/// One node run as the executor runs it: made, prepared with its constants, inferred, computed.
struct ContributedNode {
    var name: String
    var domain = "com.microsoft"
    var attributes: [String: Attribute] = [:]
    var inputs: [Tensor?]
    /// Positions of inputs that are constants.
    var constants: Set<Int> = []
    var outputs: [Bool] = [true]
    var caches: [Int: KVCache] = [:]
    /// Valid rows of the caches, as their type tells the operator.
    var cachedRows = 0
    var version = 1

    /// The operator with its constants taken in.
    func prepared() throws(ONNXError) -> any Operator {
        let node = Node(
            domain: domain, operatorType: name,
            inputs: inputs.indices.map { inputs[$0] == nil && caches[$0] == nil ? "" : "i\($0)" },
            outputs: outputs.indices.map { outputs[$0] ? "o\($0)" : "" }, attributes: attributes)
        let operation = try OperatorRegistry.builtin.makeOperator(for: node, version: version)
        let given = inputs.indices.map { constants.contains($0) ? inputs[$0] : nil }
        return try operation.prepared(ConstantInputs(given, workers: WorkerPool(threadCount: 2)))
    }

    /// The outputs, nil where they lie in a cache or are left out.
    func run() throws(ONNXError) -> [Tensor?] { try run(prepared()) }

    /// As ``run()``, with an operator made before.
    func run(_ operation: any Operator) throws(ONNXError) -> [Tensor?] {
        var types: [TensorType?] = []
        for index in inputs.indices {
            if let cache = caches[index] {
                let shape = try Shape([cache.batch, cache.heads, cachedRows, cache.headSize])
                types.append(TensorType(.float32, shape))
            } else {
                types.append(inputs[index].map { TensorType($0.elementType, $0.shape) })
            }
        }
        let inference = InferenceContext()
        inference.reset(inputs: types, values: inputs, requestedOutputs: outputs)
        let plans = try operation.inferOutputs(inference)
        var results: [Tensor?] = []
        for (index, plan) in plans.prefix(outputs.count).enumerated() {
            if case .cache(let input) = plan.placement, caches[input] != nil {
                results.append(nil)
            } else {
                results.append(
                    outputs[index] ? try Tensor(allocating: plan.type.elementType, plan.type.shape) : nil)
            }
        }
        let context = RunContext(workers: try WorkerPool(threadCount: 2))
        context.reset(inputs: inputs, caches: inputs.indices.map { caches[$0] }, outputs: results)
        try operation.run(context)
        return context.outputs
    }

    /// The code of the error that the node ends with; nil if it runs.
    func errorCode() -> ONNXError.Code? {
        do throws(ONNXError) {
            _ = try run()
            return nil
        } catch { return error.code }
    }
}

/// Numbers from −1 to 1 in a fixed, irregular order.
func noise(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    let count = shape.reduce(1, *)
    let values = (0..<count).map { _ -> Float in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
    }
    return try! Tensor(values, shape: shape)
}

/// Bytes in a fixed, irregular order.
func noiseBytes(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    let values = (0..<shape.reduce(1, *)).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 45)
    }
    return try! Tensor(values, shape: shape)
}
