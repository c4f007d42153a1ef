// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXGraph
package import ONNXTensors

/// A node as an operator's initialiser sees it: typed access to attributes, with a record of which were read.
package final class OperatorNode {
    package let node: Node
    /// The version of the node's operator set that the model declares.
    package let version: Int
    private var read: Set<String> = []

    package init(_ node: Node, version: Int) {
        self.node = node
        self.version = version
    }

    package var inputCount: Int { node.inputs.count }
    package var outputCount: Int { node.outputs.count }

    /// Whether the node names an input at this position.
    package func hasInput(_ index: Int) -> Bool { index < node.inputs.count && !node.inputs[index].isEmpty }

    /// Whether the node names an output at this position.
    package func hasOutput(_ index: Int) -> Bool {
        index < node.outputs.count && !node.outputs[index].isEmpty
    }

    /// Whether the attribute is present; does not count as reading it.
    package func hasAttribute(_ name: String) -> Bool { node.attributes[name] != nil }

    /// Marks attributes as understood although their value changes nothing.
    package func ignore(_ names: String...) { read.formUnion(names) }

    package func int(_ name: String) throws(ONNXError) -> Int? {
        switch take(name) {
        case nil: return nil
        case .int(let value): return value
        case let other?: throw wrongKind(name, other, "INT")
        }
    }

    package func int(_ name: String, default value: Int) throws(ONNXError) -> Int { try int(name) ?? value }

    package func requiredInt(_ name: String) throws(ONNXError) -> Int {
        guard let value = try int(name) else { throw missing(name) }
        return value
    }

    /// An integer attribute that ONNX uses as a truth value: 0 or 1.
    package func flag(_ name: String, default value: Bool = false) throws(ONNXError) -> Bool {
        guard let number = try int(name) else { return value }
        guard number == 0 || number == 1 else {
            throw ONNXError("attr.value", "Attribute \(name) is \(number); 0 or 1 is expected.")
        }
        return number == 1
    }

    package func float(_ name: String) throws(ONNXError) -> Float? {
        switch take(name) {
        case nil: return nil
        case .float(let value): return value
        case let other?: throw wrongKind(name, other, "FLOAT")
        }
    }

    package func float(_ name: String, default value: Float) throws(ONNXError) -> Float {
        try float(name) ?? value
    }

    package func string(_ name: String) throws(ONNXError) -> String? {
        switch take(name) {
        case nil: return nil
        case .string(let value): return value
        case let other?: throw wrongKind(name, other, "STRING")
        }
    }

    package func string(_ name: String, default value: String) throws(ONNXError) -> String {
        try string(name) ?? value
    }

    package func ints(_ name: String) throws(ONNXError) -> [Int]? {
        switch take(name) {
        case nil: return nil
        case .ints(let values): return values
        case let other?: throw wrongKind(name, other, "INTS")
        }
    }

    package func floats(_ name: String) throws(ONNXError) -> [Float]? {
        switch take(name) {
        case nil: return nil
        case .floats(let values): return values
        case let other?: throw wrongKind(name, other, "FLOATS")
        }
    }

    package func strings(_ name: String) throws(ONNXError) -> [String]? {
        switch take(name) {
        case nil: return nil
        case .strings(let values): return values
        case let other?: throw wrongKind(name, other, "STRINGS")
        }
    }

    package func tensor(_ name: String) throws(ONNXError) -> Tensor? {
        switch take(name) {
        case nil: return nil
        case .tensor(let value): return value
        case let other?: throw wrongKind(name, other, "TENSOR")
        }
    }

    /// The subgraph under this attribute, for checks of its signature; it is run through
    /// ``RunContext/runSubgraph(_:inputs:)``.
    package func requiredGraph(_ name: String) throws(ONNXError) -> Graph {
        switch take(name) {
        case nil: throw missing(name)
        case .graph(let value): return value
        case let other?: throw wrongKind(name, other, "GRAPH")
        }
    }

    /// Throws `op.arity` unless the numbers of inputs and outputs lie in the ranges.
    package func checkArity(inputs: ClosedRange<Int>, outputs: ClosedRange<Int>) throws(ONNXError) {
        guard inputs.contains(inputCount), outputs.contains(outputCount) else {
            throw ONNXError(
                "op.arity",
                """
                \(node.qualifiedType) takes \(inputs.lowerBound) to \(inputs.upperBound) inputs and gives \
                \(outputs.lowerBound) to \(outputs.upperBound) outputs; the node has \(inputCount) and \(outputCount).
                """)
        }
        for index in 0..<inputs.lowerBound where !hasInput(index) {
            throw ONNXError(
                "input.missing", "\(node.qualifiedType) needs its input \(index), which is left out.")
        }
    }

    /// The attributes that nobody has read, sorted.
    package var unreadAttributes: [String] { node.attributes.keys.filter { !read.contains($0) }.sorted() }

    private func take(_ name: String) -> Attribute? {
        read.insert(name)
        return node.attributes[name]
    }

    private func missing(_ name: String) -> ONNXError {
        ONNXError("attr.missing", "\(node.qualifiedType) needs the attribute \(name).")
    }

    private func wrongKind(_ name: String, _ attribute: Attribute, _ expected: String) -> ONNXError {
        ONNXError("attr.type", "Attribute \(name) is of kind \(attribute.kind); \(expected) is expected.")
    }
}

extension OperatorNode {
    /// An attribute that holds the number of an element type.
    ///
    /// - Throws: `attr.value` for a number that names no type.
    package func elementType(_ name: String) throws(ONNXError) -> ElementType? {
        guard let number = try int(name) else { return nil }
        guard let raw = Int32(exactly: number), let type = ElementType(rawValue: raw) else {
            throw ONNXError("attr.value", "Attribute \(name) is \(number), which names no element type.")
        }
        return type
    }
}
