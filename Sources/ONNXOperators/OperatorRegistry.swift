// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXGraph

/// One operator as far as one file implements it: name, domain, and the operator set versions that it serves.
package struct OperatorDefinition: Sendable {
    package let domain: String
    package let name: String
    /// Versions of the model's operator set for which this implementation is right.
    package let versions: ClosedRange<Int>
    package let make: @Sendable (OperatorNode) throws(ONNXError) -> any Operator

    /// An operator of ONNX's own domain.
    package init<Implementation: Operator>(
        _ name: String, domain: String = "", _ versions: ClosedRange<Int>, _ type: Implementation.Type
    ) {
        self.domain = domain
        self.name = name
        self.versions = versions
        self.make = { (node: OperatorNode) throws(ONNXError) in try type.init(node) }
    }
}

/// The operators that a model may use, by domain, name and operator set version.
package struct OperatorRegistry: Sendable {
    private struct Key: Hashable {
        let domain: String
        let name: String
    }

    private var definitions: [Key: [OperatorDefinition]] = [:]

    package init(_ definitions: [OperatorDefinition]) {
        for definition in definitions {
            self.definitions[Key(domain: definition.domain, name: definition.name), default: []].append(
                definition)
        }
    }

    /// Every definition, sorted by domain and name.
    package var all: [OperatorDefinition] {
        definitions.values.joined().sorted {
            ($0.domain, $0.name, $0.versions.lowerBound) < ($1.domain, $1.name, $1.versions.lowerBound)
        }
    }

    /// Whether any version of the operator is here.
    package func contains(domain: String, name: String) -> Bool {
        definitions[Key(domain: domain, name: name)] != nil
    }

    /// Whether any operator of the domain is here.
    package func contains(domain: String) -> Bool { definitions.keys.contains { $0.domain == domain } }

    /// The operator of a node.
    ///
    /// - Throws: `op.domain`, `op.unsupported`, `op.version`, `op.attribute_unsupported`, or what the operator says
    ///   of the attributes.
    package func makeOperator(for node: Node, version: Int) throws(ONNXError) -> any Operator {
        guard let candidates = definitions[Key(domain: node.domain, name: node.operatorType)] else {
            let code: ONNXError.Code = contains(domain: node.domain) ? "op.unsupported" : "op.domain"
            throw ONNXError(code, "\(node.qualifiedType) (version \(version)) is not supported.")
        }
        guard let definition = candidates.first(where: { $0.versions.contains(version) }) else {
            let ranges = candidates.map { "\($0.versions.lowerBound) to \($0.versions.upperBound)" }
            throw ONNXError(
                "op.version",
                "\(node.qualifiedType) is supported in versions \(ranges.joined(separator: ", ")), not \(version)."
            )
        }
        let operatorNode = OperatorNode(node, version: version)
        let implementation = try definition.make(operatorNode)
        let unread = operatorNode.unreadAttributes
        guard unread.isEmpty else {
            let list = unread.joined(separator: ", ")
            throw ONNXError(
                "op.attribute_unsupported", "\(node.qualifiedType) has attributes not supported: \(list).")
        }
        return implementation
    }
}
