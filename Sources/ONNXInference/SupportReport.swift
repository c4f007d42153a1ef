// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXGraph
package import ONNXOperators

/// Which nodes of a model can run, found without running any.
package struct SupportReport: Sendable {
    /// One kind of node that cannot run.
    package struct Problem: Sendable, Hashable {
        /// `op.unsupported`, `op.domain`, `op.version`, `op.attribute_unsupported` or an attribute's error.
        package let code: ONNXError.Code
        /// The operator set that the node names; `""` is ONNX's own.
        package let domain: String
        /// The operator, such as `MatMul`.
        package let operatorType: String
        /// The version of the operator set that the model declares.
        package let version: Int
        /// What is not supported, with the values that make it so.
        package let message: String
        /// The first node of this kind.
        package let node: String
        /// How many nodes of the model have this problem.
        package internal(set) var count: Int
    }

    /// Number of nodes by operator, such as `com.microsoft.MatMulNBits`, subgraphs included.
    package private(set) var operatorCounts: [String: Int] = [:]

    /// What cannot run, in the order of the file; empty when everything can.
    package private(set) var problems: [Problem] = []

    /// Looks at every node of the graph and of its subgraphs.
    package init(_ graph: Graph, operatorSets: [String: Int], registry: OperatorRegistry) {
        var seen: [String: Int] = [:]
        visit(graph, operatorSets, registry, &seen, depth: 0)
    }

    private mutating func visit(
        _ graph: Graph, _ operatorSets: [String: Int], _ registry: OperatorRegistry,
        _ seen: inout [String: Int],
        depth: Int
    ) {
        guard depth <= 32 else { return }
        for node in graph.nodes {
            operatorCounts[node.qualifiedType, default: 0] += 1
            let version = operatorSets[node.domain] ?? 1
            do throws(ONNXError) {
                guard node.domain != OperatorRegistry.internalDomain else {
                    throw ONNXError("op.domain", "The domain \(node.domain) is not for files.")
                }
                _ = try registry.makeOperator(for: node, version: version)
            } catch {
                let key = "\(error.code) \(node.qualifiedType) \(error.message)"
                if let index = seen[key] {
                    problems[index].count += 1
                } else {
                    seen[key] = problems.count
                    problems.append(
                        Problem(
                            code: error.code, domain: node.domain, operatorType: node.operatorType,
                            version: version,
                            message: error.message, node: node.label, count: 1))
                }
            }
            for (_, attribute) in node.attributes.sorted(by: { $0.key < $1.key }) {
                if case .graph(let graph) = attribute {
                    visit(graph, operatorSets, registry, &seen, depth: depth + 1)
                }
            }
        }
    }

    /// One error that lists every problem.
    ///
    /// - Throws: nothing when ``problems`` is empty; else an error with the first problem's code.
    package func check() throws(ONNXError) {
        guard let first = problems.first else { return }
        let lines = problems.map { problem in
            let domain = problem.domain.isEmpty ? "ai.onnx" : problem.domain
            return "\(domain).\(problem.operatorType) version \(problem.version), \(problem.count) ×: "
                + "\(problem.message) First: \(problem.node)."
        }
        throw ONNXError(
            first.code,
            "The model uses \(problems.count) kinds of node that this engine cannot run:\n  "
                + lines.joined(separator: "\n  "))
    }
}
