// SPDX-License-Identifier: Apache-2.0
import CONNXSchema
import ONNXErrors
import ONNXGraph
import ONNXTensors

extension GraphConverter {
    /// The attributes of a node by name.
    ///
    /// - Throws: `graph.empty_name`, `graph.duplicate_attribute`, and what ``attribute(_:depth:)`` throws.
    func attributes(
        _ protos: [UnsafeMutablePointer<Onnxlm__AttributeProto>], depth: Int
    ) throws(ONNXError) -> [String: Attribute] {
        var attributes: [String: Attribute] = [:]
        attributes.reserveCapacity(protos.count)
        for proto in protos {
            let name = text(proto.pointee.name)
            guard !name.isEmpty else {
                throw ONNXError("graph.empty_name", "An attribute has no name.")
            }
            let value: Attribute
            do throws(ONNXError) {
                value = try attribute(proto.pointee, depth: depth)
            } catch {
                throw error.adding("attribute \"\(name)\"")
            }
            guard attributes.updateValue(value, forKey: name) == nil else {
                throw ONNXError("graph.duplicate_attribute", "The attribute \"\(name)\" stands twice.")
            }
        }
        return attributes
    }

    /// One attribute's value.
    ///
    /// - Throws: `model.bad_enum`, `attr.type` when another kind of value is there than the type says, and what
    ///   tensors and graphs throw.
    func attribute(_ proto: Onnxlm__AttributeProto, depth: Int) throws(ONNXError) -> Attribute {
        let reference = text(proto.ref_attr_name)
        let present = AttributeConverter.presentKinds(proto)
        if !reference.isEmpty {
            guard present.isEmpty else {
                throw ONNXError("attr.type", "It refers to \"\(reference)\" and has a value of its own.")
            }
            return .reference(reference)
        }
        var kind = proto.type
        if kind == 0 {
            guard present.count == 1, let only = present.first else {
                throw ONNXError("attr.type", "It has no type, and \(present.count) kinds of values.")
            }
            kind = only
        }
        guard (1...14).contains(kind) else {
            throw ONNXError("model.bad_enum", "The attribute's type is number \(kind); ONNX has 1 to 14.")
        }
        guard present.allSatisfy({ $0 == kind }) else {
            let names = present.map { AttributeConverter.name(of: $0) }.joined(separator: ", ")
            throw ONNXError(
                "attr.type", "Its type is \(AttributeConverter.name(of: kind)), but its values are \(names).")
        }
        return try value(proto, kind, depth: depth)
    }

    private func value(
        _ proto: Onnxlm__AttributeProto, _ kind: Int32, depth: Int
    ) throws(ONNXError) -> Attribute {
        switch kind {
        case 1: return .float(proto.f)
        case 2: return .int(Int(proto.i))
        case 3: return AttributeConverter.text(proto.s).map { .string($0) } ?? .unsupported("binary STRING")
        case 4:
            guard let tensor = proto.t else { throw missingValue("TENSOR") }
            if isSkipped(tensor.pointee) { return .unsupported("TENSOR in a data file that was not read") }
            return .tensor(try tensors.tensor(tensor.pointee))
        case 5:
            guard let graph = proto.g else { throw missingValue("GRAPH") }
            return .graph(try self.graph(graph.pointee, depth: depth + 1))
        case 6: return .floats(Array(numbers(proto.floats, proto.n_floats)))
        case 7: return .ints(numbers(proto.ints, proto.n_ints).map { Int($0) })
        case 8:
            var strings: [String] = []
            for element in numbers(proto.strings, proto.n_strings) {
                guard let string = AttributeConverter.text(element) else {
                    return .unsupported("binary STRINGS")
                }
                strings.append(string)
            }
            return .strings(strings)
        case 9:
            var values: [Tensor] = []
            for tensor in elements(proto.tensors, proto.n_tensors) {
                if isSkipped(tensor.pointee) {
                    return .unsupported("TENSORS in a data file that was not read")
                }
                values.append(try tensors.tensor(tensor.pointee))
            }
            return .tensors(values)
        case 10:
            var graphs: [Graph] = []
            for graph in elements(proto.graphs, proto.n_graphs) {
                graphs.append(try self.graph(graph.pointee, depth: depth + 1))
            }
            return .graphs(graphs)
        case 13:
            guard let type = proto.tp, let value = try TypeConverter.type(type.pointee) else {
                throw missingValue("TYPE_PROTO")
            }
            return .type(value)
        default: return .unsupported(AttributeConverter.name(of: kind))
        }
    }

    private func missingValue(_ kind: String) -> ONNXError {
        ONNXError("attr.type", "Its type is \(kind), but it has no value.")
    }
}

/// What the wire says of an attribute's kind.
enum AttributeConverter {
    /// The kinds of values that are there, by number; scalars of the value 0 may be absent.
    static func presentKinds(_ proto: Onnxlm__AttributeProto) -> [Int32] {
        var kinds: [Int32] = []
        if proto.has_f != 0 { kinds.append(1) }
        if proto.has_i != 0 { kinds.append(2) }
        if proto.has_s != 0 { kinds.append(3) }
        if proto.t != nil { kinds.append(4) }
        if proto.g != nil { kinds.append(5) }
        if proto.n_floats > 0 { kinds.append(6) }
        if proto.n_ints > 0 { kinds.append(7) }
        if proto.n_strings > 0 { kinds.append(8) }
        if proto.n_tensors > 0 { kinds.append(9) }
        if proto.n_graphs > 0 { kinds.append(10) }
        if proto.sparse_tensor != nil { kinds.append(11) }
        if proto.n_sparse_tensors > 0 { kinds.append(12) }
        if proto.tp != nil { kinds.append(13) }
        if proto.n_type_protos > 0 { kinds.append(14) }
        return kinds
    }

    /// The name that ONNX gives a kind.
    static func name(of kind: Int32) -> String {
        let names = [
            "UNDEFINED", "FLOAT", "INT", "STRING", "TENSOR", "GRAPH", "FLOATS", "INTS", "STRINGS", "TENSORS",
            "GRAPHS", "SPARSE_TENSOR", "SPARSE_TENSORS", "TYPE_PROTO", "TYPE_PROTOS",
        ]
        return names.indices.contains(Int(kind)) ? names[Int(kind)] : "number \(kind)"
    }

    /// The text of a byte field; nil when it is not UTF-8.
    static func text(_ field: ProtobufCBinaryData) -> String? {
        let bytes = UnsafeRawBufferPointer(content(field))
        if case .malformed = UTF8Check.check(bytes, allowsNull: true) { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
