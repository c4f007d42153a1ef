// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXGraph
package import ONNXKernels
package import ONNXOperators

/// Makes graphs cheaper to run.
package enum GraphOptimizer {
    /// The passes in the order in which they run.
    private static var passes: [any GraphPass.Type] {
        [
            QuantizedWeightFusion.self, ConstantFolding.self, SiluMultiplyFusion.self, SharedInputFusion.self,
            GatedProductFusion.self, FeedForwardFusion.self, NormProductFusion.self,
        ]
    }

    /// The names of the passes, for ``OptimizerOptions/disabledPasses``.
    package static var passNames: [String] { passes.map { $0.name } }

    /// A graph that computes the same, by fewer and larger steps.
    ///
    /// - Parameters:
    ///   - graph: supported by the registry, its nodes in an order in which they can run.
    ///   - operatorSets: version of each operator set that the model declares, by domain.
    package static func optimize(
        _ graph: Graph, operatorSets: [String: Int], registry: OperatorRegistry = .builtin,
        options: OptimizerOptions = OptimizerOptions(), workers: WorkerPool
    ) throws(ONNXError) -> Graph {
        var graph = graph
        let context = PassContext(
            operatorSets: operatorSets, registry: registry, options: options, workers: workers)
        for type in passes where !options.disabledPasses.contains(type.name) {
            var pass = type.init()
            try pass.apply(to: &graph, context)
        }
        return graph
    }
}
