// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXGraph

/// Writes the elements of external tensors to the data file, in any order and from any thread.
// Safety: `OutputFile` takes concurrent writes, and the layout never changes.
package struct ExternalDataSink: Sendable {
    private let file: OutputFile
    private let layout: ExternalDataLayout

    init(file: OutputFile, layout: ExternalDataLayout) {
        self.file = file
        self.layout = layout
    }

    /// Writes `bytes` to tensor number `index`, `offset` bytes from its start.
    ///
    /// - Throws: `export.tensor_size` when they do not lie inside the tensor, `io.no_space` or `io.write`.
    package func write(_ bytes: UnsafeRawBufferPointer, tensor index: Int, at offset: Int) throws(ONNXError) {
        guard layout.entries.indices.contains(index) else {
            throw ONNXError("export.tensor_size", "There is no external tensor \(index).")
        }
        let entry = layout.entries[index]
        guard offset >= 0, offset <= entry.tensor.byteCount, bytes.count <= entry.tensor.byteCount - offset
        else {
            throw ONNXError(
                "export.tensor_size",
                "\(bytes.count) bytes at \(offset) lie outside tensor \"\(entry.tensor.name)\" of \(entry.tensor.byteCount) bytes."
            )
        }
        try file.write(bytes, at: entry.offset + offset)
    }
}

/// Writes `model.onnx` and `model.onnx.data`, one tensor at a time, so that the weights never stand in memory
/// together.
package struct ModelFolderWriter {
    package static let modelName = "model.onnx"
    package static let dataName = "model.onnx.data"

    /// Bytes that the two files take.
    package let neededBytes: Int
    private let modelBytes: [UInt8]
    private let layout: ExternalDataLayout

    /// Encodes the model; nothing is written yet.
    ///
    /// - Parameter external: initializers of the main graph that the data file holds, in its order.
    /// - Throws: what ``ModelEncoder/encode(_:external:)`` and ``ExternalDataLayout`` throw.
    package init(model: Model, external: [ExternalTensor]) throws(ONNXError) {
        layout = try ExternalDataLayout(fileName: Self.dataName, tensors: external)
        modelBytes = try ModelEncoder.encode(model, external: layout)
        neededBytes = modelBytes.count + layout.byteCount
    }

    /// Writes both files into `folder`; `fill` writes every tensor's elements through the sink.
    ///
    /// - Throws: `io.create`, `io.write`, `io.no_space`, and what `fill` throws.
    package func write(
        into folder: StagedFolder, fill: (ExternalDataSink) throws(ONNXError) -> Void
    ) throws(ONNXError) {
        let file = try OutputFile(creating: folder.file(Self.dataName))
        try file.resize(to: layout.byteCount)
        try fill(ExternalDataSink(file: file, layout: layout))
        try file.synchronize()
        try folder.write(modelBytes, as: Self.modelName)
    }
}
