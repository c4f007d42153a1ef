// SPDX-License-Identifier: Apache-2.0

/// One operator call in a graph.
package struct Node: Sendable {
    /// The node's own name; may be empty and need not be unique.
    package var name: String
    /// `""` for ONNX's own operators (`ai.onnx` is normalised to it), else `com.microsoft` and so on.
    package var domain: String
    package var operatorType: String
    /// Tells apart functions of one name (IR 10); usually empty.
    package var overload: String
    /// Value names in positional order; `""` stands for an optional input left out.
    package var inputs: [String]
    /// Value names in positional order; `""` stands for an output that nobody asks for.
    package var outputs: [String]
    package var attributes: [String: Attribute]

    package init(
        name: String = "", domain: String = "", operatorType: String, overload: String = "",
        inputs: [String], outputs: [String], attributes: [String: Attribute] = [:]
    ) {
        self.name = name
        self.domain = domain
        self.operatorType = operatorType
        self.overload = overload
        self.inputs = inputs
        self.outputs = outputs
        self.attributes = attributes
    }

    /// The operator with its domain, as messages write it: `com.microsoft.MatMulNBits`, `Add`.
    package var qualifiedType: String { domain.isEmpty ? operatorType : "\(domain).\(operatorType)" }

    /// How messages name this node: its name, or its first output where it has none.
    package var label: String {
        if !name.isEmpty { return "\(qualifiedType) node \"\(name)\"" }
        return "\(qualifiedType) node that writes \"\(outputs.first(where: { !$0.isEmpty }) ?? "")\""
    }
}
