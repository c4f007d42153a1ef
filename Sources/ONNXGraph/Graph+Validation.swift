// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

extension Model {
    /// Checks the names of all graphs and functions: every value that is read is defined once, where it can be
    /// seen.
    ///
    /// The order of nodes is not looked at; ``Graph/topologicallySorted()`` finds loops.
    ///
    /// - Parameter given: names that have a value although the graphs do not say so (tensors left out on purpose).
    /// - Throws: `graph.empty`, `graph.empty_name`, `graph.duplicate_input`, `graph.duplicate_output`,
    ///   `graph.undefined_value`, `graph.output_missing`, `attr.reference`.
    package func validate(given: Set<String> = []) throws(ONNXError) {
        guard !graph.outputs.isEmpty else {
            throw ONNXError(
                "graph.empty",
                "The graph has no outputs and \(graph.nodes.count) nodes: there is nothing to compute.")
        }
        let root = NameScope(given, parent: nil)
        try graph.validate(in: root, allowedReferences: nil)
        for function in functions {
            do throws(ONNXError) {
                try function.validate()
            } catch {
                throw error.adding("function \"\(function.qualifiedName)\"")
            }
        }
    }
}

extension Function {
    /// Domain and name, as messages write them.
    package var qualifiedName: String { domain.isEmpty ? name : "\(domain).\(name)" }

    fileprivate func validate() throws(ONNXError) {
        let body = Graph(
            nodes: nodes, inputs: inputs.map { ValueInfo(name: $0, type: nil) },
            outputs: outputs.map { ValueInfo(name: $0, type: nil) })
        let attributes = Set(requiredAttributes).union(defaultAttributes.keys)
        try body.validate(in: NameScope([], parent: nil), allowedReferences: attributes)
    }
}

/// The names that can be read at some place: those of one graph and those of the graphs around it.
private final class NameScope {
    private let names: Set<String>
    private let parent: NameScope?

    init(_ names: Set<String>, parent: NameScope?) {
        self.names = names
        self.parent = parent
    }

    func contains(_ name: String) -> Bool {
        names.contains(name) || parent?.contains(name) ?? false
    }
}

extension Graph {
    /// - Parameter allowedReferences: attributes of the function around; nil outside functions.
    fileprivate func validate(
        in outer: NameScope, allowedReferences: Set<String>?
    ) throws(ONNXError) {
        let scope = NameScope(try uniqueNames(), parent: outer)
        for node in nodes {
            for input in node.inputs where !input.isEmpty && !scope.contains(input) {
                throw ONNXError(
                    "graph.undefined_value",
                    "The \(node.label) reads \"\(input)\", which no node, input or initializer defines.")
            }
            do throws(ONNXError) {
                try node.validateReferences(allowedReferences)
                for subgraph in node.subgraphs {
                    try subgraph.validate(in: scope, allowedReferences: allowedReferences)
                }
            } catch {
                throw error.adding(node.label)
            }
        }
        for output in outputs {
            guard !output.name.isEmpty else {
                throw ONNXError("graph.empty_name", "An output of graph \"\(name)\" has no name.")
            }
            guard scope.contains(output.name) else {
                throw ONNXError(
                    "graph.output_missing",
                    "The output \"\(output.name)\" of graph \"\(name)\" is computed by no node.")
            }
        }
    }

    /// The names that the graph defines.
    private func uniqueNames() throws(ONNXError) -> Set<String> {
        var names: Set<String> = []
        for input in inputs {
            guard !input.name.isEmpty else {
                throw ONNXError("graph.empty_name", "An input of graph \"\(name)\" has no name.")
            }
            guard names.insert(input.name).inserted else {
                throw ONNXError(
                    "graph.duplicate_input", "The input \"\(input.name)\" of graph \"\(name)\" stands twice.")
            }
        }
        names.formUnion(initializers.keys)
        for node in nodes {
            for output in node.outputs where !output.isEmpty {
                guard names.insert(output).inserted else {
                    throw ONNXError(
                        "graph.duplicate_output",
                        "The \(node.label) writes \"\(output)\", which has a value already.")
                }
            }
        }
        return names
    }
}

extension Node {
    fileprivate func validateReferences(_ allowed: Set<String>?) throws(ONNXError) {
        for (name, value) in attributes {
            guard case .reference(let target) = value else { continue }
            guard let allowed else {
                throw ONNXError(
                    "attr.reference",
                    "The attribute \"\(name)\" refers to \"\(target)\", which only a function's body may do.")
            }
            guard allowed.contains(target) else {
                throw ONNXError(
                    "attr.reference",
                    "The attribute \"\(name)\" refers to \"\(target)\", which is no attribute of the function."
                )
            }
        }
    }
}
