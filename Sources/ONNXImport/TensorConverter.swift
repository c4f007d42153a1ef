// SPDX-License-Identifier: Apache-2.0
import CONNXSchema
import ONNXErrors
import ONNXTensors

/// Makes tensors of `TensorProto` messages.
///
/// Elements in `raw_data` and in data files stay where they are, in mapped files; they are copied only where their
/// address does not suit their type, or where they are small in a large file.
struct TensorConverter {
    /// The file that payload offsets count in.
    let payload: TensorStorage
    let external: ExternalDataFiles

    /// The tensor, with an error that names it when it cannot be made.
    ///
    /// - Throws: `tensor.*`, `external_data.*`.
    func tensor(_ proto: Onnxlm__TensorProto) throws(ONNXError) -> Tensor {
        do throws(ONNXError) {
            let header = try TensorHeader(proto)
            return header.isExternal ? try externalTensor(proto, header) : try inlineTensor(proto, header)
        } catch {
            throw error.adding("tensor \"\(text(proto.name))\"")
        }
    }

    private func externalTensor(
        _ proto: Onnxlm__TensorProto, _ header: TensorHeader
    ) throws(ONNXError) -> Tensor {
        try TensorConverter.checkExternal(proto, header)
        let reference = try TensorConverter.reference(proto)
        let storage = try external.storage(for: reference.location)
        return try view(header, storage, offset: reference.offset)
    }

    /// Checks that an external tensor has no elements of its own and a type that bytes can hold.
    ///
    /// - Throws: `external_data.two_sources`, `tensor.string_raw`.
    static func checkExternal(_ proto: Onnxlm__TensorProto, _ header: TensorHeader) throws(ONNXError) {
        guard dataFields(proto).isEmpty, proto.payload_length == 0 else {
            throw ONNXError(
                "external_data.two_sources", "The tensor has elements in a data file and in the model file.")
        }
        guard header.elementType != .string else {
            throw ONNXError("tensor.string_raw", "A tensor of strings cannot stand in a data file.")
        }
    }

    /// Where an external tensor's elements stand.
    ///
    /// - Throws: what ``ExternalReference/init(entries:)`` throws.
    static func reference(_ proto: Onnxlm__TensorProto) throws(ONNXError) -> ExternalReference {
        let entries = elements(proto.external_data, proto.n_external_data)
        return try ExternalReference(
            entries: entries.map { (text($0.pointee.key), text($0.pointee.value)) })
    }

    private func inlineTensor(
        _ proto: Onnxlm__TensorProto, _ header: TensorHeader
    ) throws(ONNXError) -> Tensor {
        let fields = TensorConverter.dataFields(proto)
        let hasPayload = proto.has_payload_length != 0 && (proto.payload_length > 0 || fields.isEmpty)
        guard fields.count + (hasPayload ? 1 : 0) <= 1 else {
            let names = fields.map(\.name) + (hasPayload ? ["raw_data"] : [])
            throw ONNXError(
                "tensor.two_sources", "The tensor has elements in \(names.joined(separator: " and in ")).")
        }
        guard hasPayload else { return try typedTensor(proto, header, fields.first) }
        guard header.elementType != .string else {
            throw ONNXError("tensor.string_raw", "A tensor of strings cannot stand in raw_data.")
        }
        guard proto.payload_length == UInt64(header.byteCount) else {
            throw ONNXError(
                "tensor.size",
                "\(header.elementType)\(header.shape) needs \(header.byteCount) bytes; raw_data has \(proto.payload_length)."
            )
        }
        return try view(header, payload, offset: Int(clamping: proto.payload_offset))
    }

    /// A tensor over `storage`, or over a copy where the address is not aligned or the bytes are no Booleans.
    private func view(
        _ header: TensorHeader, _ storage: TensorStorage, offset: Int
    ) throws(ONNXError) -> Tensor {
        let tensor = try Tensor(header.elementType, header.shape, storage: storage, byteOffset: offset)
        if header.elementType == .bool, tensor.withUnsafeBytes({ bytes in bytes.contains { $0 > 1 } }) {
            return try booleans(header, tensor)
        }
        let address = UInt(bitPattern: tensor.baseAddress)
        let isAligned = address % UInt(header.elementType.alignment) == 0
        guard !isAligned || isSmallAmongLarge(header, storage) else { return tensor }
        return try Tensor(
            header.elementType, header.shape,
            storage: CopiedStorage(storage, byteOffset: offset, byteCount: header.byteCount))
    }

    /// Whether the tensor takes much less memory than a page around it, of 2 MB, that mapping it may bring: a norm
    /// between matrices.
    private func isSmallAmongLarge(_ header: TensorHeader, _ storage: TensorStorage) -> Bool {
        (1...64 << 10).contains(header.byteCount) && storage is MappedStorage
            && storage.byteCount >= TensorRows.largeByteCount
    }

    /// A copy in which every byte is 0 or 1.
    private func booleans(_ header: TensorHeader, _ tensor: Tensor) throws(ONNXError) -> Tensor {
        let copy = try Tensor(allocating: header.elementType, header.shape)
        let target = copy.mutableBaseAddress
        tensor.withUnsafeBytes { bytes in
            for index in bytes.indices {
                target.storeBytes(of: bytes[index] == 0 ? 0 : 1, toByteOffset: index, as: UInt8.self)
            }
        }
        return copy
    }
}
