// SPDX-License-Identifier: Apache-2.0

/// A function that a model file defines for its own use (IR 8 and later).
package struct Function: Sendable {
    package var domain: String
    package var name: String
    package var overload: String
    package var inputs: [String]
    package var outputs: [String]
    /// Attributes that a call must give.
    package var requiredAttributes: [String]
    /// Attributes that a call may leave out, with their defaults.
    package var defaultAttributes: [String: Attribute]
    package var nodes: [Node]
    package var operatorSets: [String: Int]

    package init(
        domain: String, name: String, overload: String = "", inputs: [String], outputs: [String],
        requiredAttributes: [String] = [], defaultAttributes: [String: Attribute] = [:], nodes: [Node],
        operatorSets: [String: Int]
    ) {
        self.domain = domain
        self.name = name
        self.overload = overload
        self.inputs = inputs
        self.outputs = outputs
        self.requiredAttributes = requiredAttributes
        self.defaultAttributes = defaultAttributes
        self.nodes = nodes
        self.operatorSets = operatorSets
    }
}

/// What a model file holds: the graph and the operator sets it is written in.
package struct Model: Sendable {
    package var irVersion: Int
    package var producerName: String
    package var producerVersion: String
    /// Version of each operator set by domain; `""` is ONNX's own.
    package var operatorSets: [String: Int]
    package var graph: Graph
    package var functions: [Function]
    package var metadata: [String: String]

    package init(
        irVersion: Int, producerName: String = "", producerVersion: String = "", operatorSets: [String: Int],
        graph: Graph, functions: [Function] = [], metadata: [String: String] = [:]
    ) {
        self.irVersion = irVersion
        self.producerName = producerName
        self.producerVersion = producerVersion
        self.operatorSets = operatorSets
        self.graph = graph
        self.functions = functions
        self.metadata = metadata
    }
}
