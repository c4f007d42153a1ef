// SPDX-License-Identifier: Apache-2.0
import CONNXSchema
import ONNXErrors
import ONNXTensors

/// What a `TensorProto` says of itself besides its elements, checked.
struct TensorHeader {
    var name: String
    var elementType: ElementType
    var shape: Shape
    /// Bytes that the elements take.
    var byteCount: Int
    /// Whether the elements stand in another file.
    var isExternal: Bool

    /// - Throws: `tensor.rank`, `.negative_dim`, `.overflow`, `.dtype`, `.dtype_unsupported`, `.segment`, or
    ///   `model.bad_enum`.
    init(_ proto: Onnxlm__TensorProto) throws(ONNXError) {
        name = text(proto.name)
        guard proto.segment == nil else {
            throw ONNXError(
                "tensor.segment", "The tensor is a segment of a larger one, which no exporter writes.")
        }
        guard proto.has_data_type != 0, proto.data_type != 0 else {
            throw ONNXError("tensor.dtype", "The tensor has no element type.")
        }
        elementType = try TensorHeader.elementType(proto.data_type)
        switch elementType {
        case .complex64, .complex128:
            throw ONNXError("tensor.dtype_unsupported", "Elements of type \(elementType) are not supported.")
        default: break
        }
        guard proto.n_dims <= Shape.maximumRank else {
            throw ONNXError(
                "tensor.rank",
                "The tensor has \(proto.n_dims) dimensions; the limit is \(Shape.maximumRank).")
        }
        shape = try Shape(numbers(proto.dims, proto.n_dims).map { Int($0) })
        byteCount = try elementType.byteCount(forElements: shape.elementCount)
        switch proto.data_location {
        case 0: isExternal = false
        case 1: isExternal = true
        default:
            throw ONNXError("model.bad_enum", "data_location is \(proto.data_location); 0 and 1 are known.")
        }
    }

    /// The element type of a number of `TensorProto.DataType`.
    ///
    /// - Throws: `tensor.dtype_unsupported`, `model.bad_enum`.
    static func elementType(_ number: Int32) throws(ONNXError) -> ElementType {
        if let type = ElementType(rawValue: number) { return type }
        if number == 27 || number == 28 {
            throw ONNXError(
                "tensor.dtype_unsupported", "Floating-point elements of 6 bits are not supported.")
        }
        throw ONNXError("model.bad_enum", "The element type is number \(number); ONNX has 1 to 28.")
    }
}
