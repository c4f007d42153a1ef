// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXInference
import ONNXKernels
import ONNXOptimizer
import ONNXTensors

/// Runs graphs as they are and optimised.
enum OptimizerFixture {
    static let operatorSets = ["": 21, "com.microsoft": 1]

    /// How far a value may move through a fused activation, relative to the largest of its tensor: the kernel and
    /// the separate steps round `exp` differently, and later products add up what remains.
    static let fusedActivationTolerance: Float = 1e-4

    static func optimized(
        _ graph: Graph, disabled: Set<String> = [], change: (inout OptimizerOptions) -> Void = { _ in }
    ) throws(ONNXError) -> Graph {
        var options = OptimizerOptions(disabledPasses: disabled)
        change(&options)
        return try GraphOptimizer.optimize(
            graph, operatorSets: operatorSets, options: options, workers: WorkerPool(threadCount: 2))
    }

    /// Runs a graph as a model is run, without the passes in `disabled`.
    static func run(
        _ graph: Graph, _ inputs: [String: Tensor], disabled: Set<String> = Set(GraphOptimizer.passNames)
    ) throws(ONNXError) -> [String: Tensor] {
        var options = LoadOptions()
        options.threadCount = 2
        options.disabledPasses = disabled
        let model = Model(irVersion: 10, operatorSets: operatorSets, graph: graph)
        return try InferenceModel(model, options: options).run(inputs)
    }

    static func floats(_ values: [Float], _ shape: [Int]? = nil) -> Tensor {
        try! Tensor(values, shape: shape ?? [values.count])
    }

    static func input(_ name: String, _ shape: [Int]) -> ValueInfo {
        ValueInfo(name: name, type: .tensor(.float32, shape.map { .fixed($0) }))
    }

    static func output(_ name: String) -> ValueInfo { ValueInfo(name: name, type: nil) }

    static func node(
        _ type: String, _ inputs: [String], _ output: String, _ attributes: [String: Attribute] = [:],
        domain: String = ""
    ) -> Node {
        Node(
            name: "n_\(output)", domain: domain, operatorType: type, inputs: inputs, outputs: [output],
            attributes: attributes)
    }
}

extension Graph {
    /// The operators of all nodes, those of subgraphs included.
    var operators: [String] { nodes.flatMap { [$0.qualifiedType] + $0.subgraphs.flatMap(\.operators) } }
}
