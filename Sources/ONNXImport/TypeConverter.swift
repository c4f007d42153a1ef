// SPDX-License-Identifier: Apache-2.0
import CONNXSchema
import ONNXErrors
import ONNXGraph
import ONNXTensors

/// Makes value types of `TypeProto` messages.
enum TypeConverter {
    /// The name and declared type of a value.
    ///
    /// - Throws: `model.bad_enum`, `model.type`, `tensor.dtype_unsupported`.
    static func valueInfo(_ proto: Onnxlm__ValueInfoProto) throws(ONNXError) -> ValueInfo {
        let name = text(proto.name)
        do throws(ONNXError) {
            return ValueInfo(
                name: name,
                type: try proto.type.map { pointer throws(ONNXError) in
                    try type(pointer.pointee)
                } ?? nil)
        } catch {
            throw error.adding("the type of \"\(name)\"")
        }
    }

    /// The type, or nil where the message leaves it open.
    ///
    /// - Throws: `model.bad_enum`, `model.type`, `tensor.dtype_unsupported`.
    static func type(_ proto: Onnxlm__TypeProto) throws(ONNXError) -> ValueType? {
        var types: [ValueType?] = []
        if let tensor = proto.tensor_type?.pointee {
            types.append(try elementType(tensor.elem_type).map { .tensor($0, shape(tensor.shape)) })
        }
        if let tensor = proto.sparse_tensor_type?.pointee {
            types.append(try elementType(tensor.elem_type).map { .sparseTensor($0, shape(tensor.shape)) })
        }
        if let sequence = proto.sequence_type?.pointee {
            types.append(try element(sequence.elem_type).map { .sequence($0) })
        }
        if let optional = proto.optional_type?.pointee {
            types.append(try element(optional.elem_type).map { .optional($0) })
        }
        if let map = proto.map_type?.pointee {
            let key = try elementType(map.key_type)
            let value = try element(map.value_type)
            if let key, let value { types.append(.map(key: key, value: value)) } else { types.append(nil) }
        }
        if let opaque = proto.opaque_type?.pointee {
            throw ONNXError(
                "model.type", "The opaque type \"\(text(opaque.domain)).\(text(opaque.name))\" is unknown.")
        }
        guard types.count <= 1 else {
            throw ONNXError("model.type", "The type is declared in \(types.count) ways at once.")
        }
        return types.first ?? nil
    }

    private static func element(
        _ proto: UnsafeMutablePointer<Onnxlm__TypeProto>?
    ) throws(ONNXError) -> ValueType? {
        guard let proto else { return nil }
        return try type(proto.pointee)
    }

    private static func elementType(_ number: Int32) throws(ONNXError) -> ElementType? {
        number == 0 ? nil : try TensorHeader.elementType(number)
    }

    private static func shape(_ proto: UnsafeMutablePointer<Onnxlm__TensorShapeProto>?) -> [Dimension]? {
        guard let proto else { return nil }
        return elements(proto.pointee.dim, proto.pointee.n_dim).map { pointer in
            let dimension = pointer.pointee
            let name = text(dimension.dim_param)
            if !name.isEmpty { return .symbolic(name) }
            // Some exporters write -1 for a length that they do not know.
            guard dimension.has_dim_value != 0, dimension.dim_value >= 0 else { return .unknown }
            return .fixed(Int(dimension.dim_value))
        }
    }
}
