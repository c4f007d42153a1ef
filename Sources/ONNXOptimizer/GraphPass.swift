// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXKernels
import ONNXOperators

/// A change of a graph, its subgraphs included, that keeps what the graph computes.
protocol GraphPass {
    /// The name under which the pass can be left out.
    static var name: String { get }

    init()

    /// Changes the graph, whose nodes stand in an order in which they can run, and keeps them in such an order.
    mutating func apply(to graph: inout Graph, _ context: PassContext) throws(ONNXError)
}

/// What passes know of the model besides the graph.
struct PassContext {
    let operatorSets: [String: Int]
    let registry: OperatorRegistry
    let options: OptimizerOptions
    let workers: WorkerPool
}
