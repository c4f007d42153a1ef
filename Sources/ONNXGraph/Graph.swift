// SPDX-License-Identifier: Apache-2.0
package import ONNXTensors

/// A graph or subgraph: nodes over named values.
///
/// A subgraph may read values of the graphs around it by name.
package struct Graph: Sendable {
    package var name: String
    package var nodes: [Node]
    package var inputs: [ValueInfo]
    package var outputs: [ValueInfo]
    /// Constant values by name. Names that also stand in ``inputs`` are defaults that a caller may replace.
    package var initializers: [String: Tensor]
    /// Declared types of inner values, by name.
    package var valueTypes: [String: ValueType]

    package init(
        name: String = "", nodes: [Node] = [], inputs: [ValueInfo] = [], outputs: [ValueInfo] = [],
        initializers: [String: Tensor] = [:], valueTypes: [String: ValueType] = [:]
    ) {
        self.name = name
        self.nodes = nodes
        self.inputs = inputs
        self.outputs = outputs
        self.initializers = initializers
        self.valueTypes = valueTypes
    }
}
