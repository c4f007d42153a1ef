// SPDX-License-Identifier: Apache-2.0
package import ONNXTensors

/// The value of a node's attribute.
package indirect enum Attribute: Sendable {
    case float(Float)
    case int(Int)
    case string(String)
    case tensor(Tensor)
    case graph(Graph)
    case type(ValueType)
    case floats([Float])
    case ints([Int])
    case strings([String])
    case tensors([Tensor])
    case graphs([Graph])
    /// A sparse tensor or a list of types: carried by name so that whoever needs it can refuse it.
    case unsupported(String)
    /// Inside a function body: the value of the calling node's attribute of this name.
    case reference(String)

    /// The name that ONNX gives this kind: `INT`, `FLOATS` …
    package var kind: String {
        switch self {
        case .float: "FLOAT"
        case .int: "INT"
        case .string: "STRING"
        case .tensor: "TENSOR"
        case .graph: "GRAPH"
        case .type: "TYPE_PROTO"
        case .floats: "FLOATS"
        case .ints: "INTS"
        case .strings: "STRINGS"
        case .tensors: "TENSORS"
        case .graphs: "GRAPHS"
        case .unsupported(let name): name
        case .reference: "REFERENCE"
        }
    }
}
