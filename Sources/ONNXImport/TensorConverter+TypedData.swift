// SPDX-License-Identifier: Apache-2.0
import CONNXSchema
import ONNXErrors
import ONNXTensors

extension TensorConverter {
    /// One of the fields that hold elements as numbers, with its count.
    struct DataField {
        var name: String
        var count: Int
    }

    /// The typed data fields that hold something.
    static func dataFields(_ proto: Onnxlm__TensorProto) -> [DataField] {
        [
            DataField(name: "float_data", count: proto.n_float_data),
            DataField(name: "int32_data", count: proto.n_int32_data),
            DataField(name: "string_data", count: proto.n_string_data),
            DataField(name: "int64_data", count: proto.n_int64_data),
            DataField(name: "double_data", count: proto.n_double_data),
            DataField(name: "uint64_data", count: proto.n_uint64_data),
        ].filter { $0.count > 0 }
    }

    /// A tensor of the numbers in the typed field, which must be the one for its type.
    func typedTensor(
        _ proto: Onnxlm__TensorProto, _ header: TensorHeader, _ field: DataField?
    ) throws(ONNXError) -> Tensor {
        let expectedField = TensorConverter.fieldName(for: header.elementType)
        guard let field else {
            guard header.shape.elementCount == 0 else {
                throw ONNXError(
                    "tensor.size",
                    "\(header.elementType)\(header.shape) needs \(header.shape.elementCount) elements; it has none."
                )
            }
            return header.elementType == .string
                ? try Tensor(strings: [], shape: header.shape.dimensions)
                : try Tensor(allocating: header.elementType, header.shape)
        }
        guard field.name == expectedField else {
            throw ONNXError(
                "tensor.field",
                "Elements of type \(header.elementType) stand in \(expectedField), not in \(field.name).")
        }
        // Elements below 8 bits come packed, a byte to a number.
        let isPacked = header.elementType.bitWidth < 8 && header.elementType != .string
        let expectedCount = isPacked ? header.byteCount : header.shape.elementCount
        guard field.count == expectedCount else {
            throw ONNXError(
                "tensor.size",
                "\(header.elementType)\(header.shape) needs \(expectedCount) numbers in \(field.name); it has \(field.count)."
            )
        }
        return try convert(proto, header)
    }

    private static func fieldName(for type: ElementType) -> String {
        switch type {
        case .float32, .complex64: "float_data"
        case .float64, .complex128: "double_data"
        case .int64: "int64_data"
        case .uint32, .uint64: "uint64_data"
        case .string: "string_data"
        default: "int32_data"
        }
    }

    private func convert(_ proto: Onnxlm__TensorProto, _ header: TensorHeader) throws(ONNXError) -> Tensor {
        let small = numbers(proto.int32_data, proto.n_int32_data)
        switch header.elementType {
        case .string: return try strings(proto, header)
        case .float32: return try copy(numbers(proto.float_data, proto.n_float_data), header)
        case .float64: return try copy(numbers(proto.double_data, proto.n_double_data), header)
        case .int64: return try copy(numbers(proto.int64_data, proto.n_int64_data), header)
        case .uint64: return try copy(numbers(proto.uint64_data, proto.n_uint64_data), header)
        case .int32: return try copy(small, header)
        case .uint32:
            return try narrow(numbers(proto.uint64_data, proto.n_uint64_data), header, to: UInt32.self)
        case .int16: return try narrow(small, header, to: Int16.self)
        case .int8: return try narrow(small, header, to: Int8.self)
        case .uint16, .float16, .bfloat16: return try narrow(small, header, to: UInt16.self)
        case .bool: return try narrow(small, header, to: UInt8.self, upTo: 1)
        default: return try narrow(small, header, to: UInt8.self)
        }
    }

    private func copy<Number>(
        _ source: UnsafeBufferPointer<Number>, _ header: TensorHeader
    ) throws(ONNXError) -> Tensor {
        let tensor = try Tensor(allocating: header.elementType, header.shape)
        if let address = source.baseAddress {
            tensor.mutableBaseAddress.copyMemory(from: address, byteCount: header.byteCount)
        }
        return tensor
    }

    private func narrow<Number: FixedWidthInteger, Narrow: FixedWidthInteger & BitwiseCopyable>(
        _ source: UnsafeBufferPointer<Number>, _ header: TensorHeader, to type: Narrow.Type,
        upTo maximum: Narrow = .max
    ) throws(ONNXError) -> Tensor {
        let tensor = try Tensor(allocating: header.elementType, header.shape)
        let target = tensor.mutableBaseAddress
        for (index, number) in source.enumerated() {
            guard let value = Narrow(exactly: number), value <= maximum else {
                throw ONNXError(
                    "tensor.value_range",
                    "Element \(index) is \(number), which is no value of type \(header.elementType).")
            }
            target.storeBytes(of: value, toByteOffset: index * MemoryLayout<Narrow>.size, as: Narrow.self)
        }
        return tensor
    }

    private func strings(_ proto: Onnxlm__TensorProto, _ header: TensorHeader) throws(ONNXError) -> Tensor {
        let source = numbers(proto.string_data, proto.n_string_data)
        return try Tensor(
            strings: source.map { String(decoding: content($0), as: UTF8.self) },
            shape: header.shape.dimensions)
    }
}
