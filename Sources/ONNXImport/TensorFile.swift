// SPDX-License-Identifier: Apache-2.0
import CONNXSchema
package import ONNXErrors
package import ONNXTensors

/// Reads files that hold a single `TensorProto`, as ONNX's test cases do (`input_0.pb`).
package enum TensorFile {
    /// The tensor in the file at `path`.
    ///
    /// The name in the file is dropped; ``read(path:limits:)`` gives it.
    ///
    /// - Throws: `model.not_found`, `proto.*`, `tensor.*`, `io.*`.
    package static func load(
        path: String, limits: ImportLimits = ImportLimits()
    ) throws(ONNXError) -> Tensor {
        try read(path: path, limits: limits).tensor
    }

    /// The tensor in the file at `path`, with its name.
    ///
    /// A file of zero bytes is what the format makes of a message without fields; it is refused, as the tensor has
    /// no element type. Sequences and optional values are not tensors and are refused, where their bytes tell.
    ///
    /// - Throws: `model.not_found`, `proto.*`, `tensor.*`, `io.*`.
    package static func read(
        path: String, limits: ImportLimits = ImportLimits()
    ) throws(ONNXError) -> (name: String, tensor: Tensor) {
        let file = try ModelFile.open(path)
        do throws(ONNXError) {
            guard file.byteCount <= limits.fileByteCount else {
                throw ONNXError("model.too_large", "The file has \(ByteText.describe(file.byteCount)).")
            }
            return try read(MappedStorage(file), limits: limits)
        } catch {
            throw error.adding("file \"\(path)\"")
        }
    }

    private static func read(
        _ storage: MappedStorage, limits: ImportLimits
    ) throws(ONNXError) -> (name: String, tensor: Tensor) {
        let scan: WireScan.Result
        do throws(ONNXError) {
            scan = try WireScan.scan(storage.file.bytes, as: .tensor, limits: limits)
        } catch {
            throw otherValue(storage.file.bytes) ?? error
        }
        let unpacked = try Unpacked.tensor(scan, limits: limits)
        let proto = unpacked.message.pointee
        let converter = TensorConverter(
            payload: storage,
            external: ExternalDataFiles(folder: nil, options: ImportOptions()))
        let tensor: Tensor
        do throws(ONNXError) {
            guard proto.data_location == 0 else {
                throw ONNXError(
                    "external_data.no_folder", "A tensor file cannot keep its elements in another file.")
            }
            tensor = try converter.tensor(proto)
        } catch {
            throw otherValue(storage.file.bytes) ?? error
        }
        let name = text(proto.name)
        withExtendedLifetime(unpacked) {}
        return (name, tensor)
    }

    /// The error for a `SequenceProto` or `OptionalProto`, which both have their name in field 1, where a tensor has
    /// its dimensions, and their values from field 3 on, where no tensor that is written today has anything.
    private static func otherValue(_ bytes: UnsafeRawBufferPointer) -> ONNXError? {
        guard WireScan.topLevelFields(of: bytes).contains(where: { $0 == (1, 2) || $0 == (3, 2) }) else {
            return nil
        }
        return ONNXError(
            "tensor.not_a_tensor",
            "The file holds a sequence or an optional value instead of a tensor, which is not supported.")
    }
}
