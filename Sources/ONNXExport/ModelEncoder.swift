// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXGraph
import ONNXTensors

/// Encodes a model as the bytes of a `.onnx` file.
///
/// Equal models give equal bytes: what the model keeps in dictionaries is written in the order of its names.
/// Source of the field numbers: <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>.
package enum ModelEncoder {
    /// Bytes that a protocol buffer may have at most.
    package static let maximumByteCount = Int(Int32.max)

    /// - Parameter external: the initializers of the main graph that stand in a data file, in addition to those
    ///   that the graph holds.
    /// - Throws: `export.unsupported` for an attribute that has no value to write, `export.too_large` when the
    ///   file would exceed 2 GiB.
    package static func encode(_ model: Model, external: ExternalDataLayout? = nil) throws(ONNXError)
        -> [UInt8]
    {
        var encoder = WireEncoder()
        encoder.integer(1, model.irVersion)
        if !model.producerName.isEmpty { encoder.string(2, model.producerName) }
        if !model.producerVersion.isEmpty { encoder.string(3, model.producerVersion) }
        try encoder.message(7) { (inner: inout WireEncoder) throws(ONNXError) in
            try graph(model.graph, external: external, into: &inner)
        }
        operatorSets(model.operatorSets, field: 8, into: &encoder)
        for (key, value) in model.metadata.sorted(by: { $0.key < $1.key }) {
            encoder.message(14) { (entry: inout WireEncoder) in
                entry.string(1, key)
                entry.string(2, value)
            }
        }
        for item in model.functions {
            try encoder.message(25) { (inner: inout WireEncoder) throws(ONNXError) in
                try function(item, into: &inner)
            }
        }
        guard encoder.bytes.count <= maximumByteCount else {
            throw ONNXError(
                "export.too_large",
                "The model takes \(encoder.bytes.count) bytes; a protocol buffer ends at \(maximumByteCount). Store its tensors outside."
            )
        }
        return encoder.bytes
    }

    static func graph(
        _ graph: Graph, external: ExternalDataLayout? = nil, into encoder: inout WireEncoder
    ) throws(ONNXError) {
        for item in graph.nodes {
            try encoder.message(1) { (inner: inout WireEncoder) throws(ONNXError) in
                try node(item, into: &inner)
            }
        }
        if !graph.name.isEmpty { encoder.string(2, graph.name) }
        for entry in external?.entries ?? [] {
            encoder.message(5) { (inner: inout WireEncoder) in
                TensorEncoder.external(entry, fileName: external?.fileName ?? "", into: &inner)
            }
        }
        for (name, tensor) in graph.initializers.sorted(by: { $0.key < $1.key }) {
            try encoder.message(5) { (inner: inout WireEncoder) throws(ONNXError) in
                try TensorEncoder.inline(tensor, name: name, into: &inner)
            }
        }
        for (field, values) in [(11, graph.inputs), (12, graph.outputs)] {
            for value in values {
                encoder.message(field) { (inner: inout WireEncoder) in valueInfo(value, into: &inner) }
            }
        }
        for (name, type) in graph.valueTypes.sorted(by: { $0.key < $1.key }) {
            encoder.message(13) { (inner: inout WireEncoder) in
                valueInfo(ValueInfo(name: name, type: type), into: &inner)
            }
        }
    }

    static func node(_ node: Node, into encoder: inout WireEncoder) throws(ONNXError) {
        for input in node.inputs { encoder.string(1, input) }
        for output in node.outputs { encoder.string(2, output) }
        if !node.name.isEmpty { encoder.string(3, node.name) }
        encoder.string(4, node.operatorType)
        for (name, value) in node.attributes.sorted(by: { $0.key < $1.key }) {
            do {
                try encoder.message(5) { (inner: inout WireEncoder) throws(ONNXError) in
                    try attribute(name, value, into: &inner)
                }
            } catch {
                throw error.adding(node.label)
            }
        }
        if !node.domain.isEmpty { encoder.string(7, node.domain) }
        if !node.overload.isEmpty { encoder.string(8, node.overload) }
    }

    static func attribute(
        _ name: String, _ value: Attribute, into encoder: inout WireEncoder
    ) throws(ONNXError) {
        encoder.string(1, name)
        switch value {
        case .float(let value):
            encoder.float(2, value)
            encoder.integer(20, 1)
        case .int(let value):
            encoder.integer(3, value)
            encoder.integer(20, 2)
        case .string(let value):
            encoder.string(4, value)
            encoder.integer(20, 3)
        case .tensor(let value):
            try encoder.message(5) { (inner: inout WireEncoder) throws(ONNXError) in
                try TensorEncoder.inline(value, name: "", into: &inner)
            }
            encoder.integer(20, 4)
        case .graph(let value):
            try encoder.message(6) { (inner: inout WireEncoder) throws(ONNXError) in
                try graph(value, into: &inner)
            }
            encoder.integer(20, 5)
        case .floats(let values):
            encoder.floats(7, values)
            encoder.integer(20, 6)
        case .ints(let values):
            encoder.integers(8, values)
            encoder.integer(20, 7)
        case .strings(let values):
            for value in values { encoder.string(9, value) }
            encoder.integer(20, 8)
        case .tensors(let values):
            for value in values {
                try encoder.message(10) { (inner: inout WireEncoder) throws(ONNXError) in
                    try TensorEncoder.inline(value, name: "", into: &inner)
                }
            }
            encoder.integer(20, 9)
        case .graphs(let values):
            for value in values {
                try encoder.message(11) { (inner: inout WireEncoder) throws(ONNXError) in
                    try graph(value, into: &inner)
                }
            }
            encoder.integer(20, 10)
        case .type(let value):
            encoder.message(14) { (inner: inout WireEncoder) in type(value, into: &inner) }
            encoder.integer(20, 13)
        case .reference(let target):
            encoder.string(21, target)
        case .unsupported(let kind):
            throw ONNXError(
                "export.unsupported", "Attribute \"\(name)\" of kind \(kind) cannot be written.")
        }
    }
}
