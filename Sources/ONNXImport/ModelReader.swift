// SPDX-License-Identifier: Apache-2.0
import CONNXSchema
package import ONNXErrors
package import ONNXGraph
import ONNXTensors

/// Reads ONNX model files.
///
/// A file is hostile until it is checked: it is scanned before it is unpacked, it is unpacked within a budget, and
/// every range is compared with the file it lies in. Tensors are views of the mapped files.
package enum ModelReader {
    /// The model at `path`, which is a file or a folder with a `model.onnx`: valid, with its nodes in an order in
    /// which they can run.
    ///
    ///     let model = try ModelReader.load(path: "models/phi-4-mini")
    ///
    /// - Throws: `model.*`, `proto.*`, `graph.*`, `tensor.*`, `external_data.*`, `attr.*`, `function.*`, `io.*`.
    package static func load(
        path: String, options: ImportOptions = ImportOptions()
    ) throws(ONNXError) -> Model {
        try read(path: path, options: options).model
    }

    /// As ``load(path:options:)``, with what was found besides.
    package static func read(
        path: String, options: ImportOptions = ImportOptions()
    ) throws(ONNXError) -> (model: Model, report: ImportReport) {
        let file = try ModelFile(path: path, options: options)
        do throws(ONNXError) {
            return try read(
                MappedStorage(file.file), path: file.path,
                folder: ExternalFolder(modelPath: file.path), options: options)
        } catch {
            throw error.adding("file \"\(file.path)\"")
        }
    }

    /// A model from bytes in memory; it can have no data files.
    package static func load(
        bytes: [UInt8], options: ImportOptions = ImportOptions()
    ) throws(ONNXError) -> Model {
        let storage = try HeapStorage(byteCount: bytes.count)
        bytes.withUnsafeBytes { source in
            if let address = source.baseAddress {
                storage.baseAddress.copyMemory(from: address, byteCount: source.count)
            }
        }
        return try read(storage, path: "", folder: nil, options: options).model
    }

    private static func read(
        _ storage: TensorStorage, path: String, folder: ExternalFolder?, options: ImportOptions
    ) throws(ONNXError) -> (model: Model, report: ImportReport) {
        let bytes = UnsafeRawBufferPointer(start: storage.baseAddress, count: storage.byteCount)
        let scan = try WireScan.scan(bytes, as: .model, limits: options.limits)
        guard scan.count(.node) <= options.limits.nodes else {
            throw ONNXError(
                "graph.too_many_nodes",
                "The file holds \(scan.count(.node)) nodes; the limit is \(options.limits.nodes).")
        }
        let unpacked = try Unpacked.model(scan, limits: options.limits)
        let proto = unpacked.message.pointee
        try ModelConverter.checkHeader(proto)
        let files = ExternalDataFiles(folder: folder, options: options)
        try ExternalTensorWalk(files: files).visit(proto)
        if !files.areSkipped { try files.openAll() }
        let converter = ModelConverter(
            graphs: GraphConverter(
                tensors: TensorConverter(payload: storage, external: files), limits: options.limits))
        var model = try converter.model(proto)
        try model.validate(given: files.areSkipped ? Set(files.requests.map(\.name)) : [])
        model.graph = try model.graph.topologicallySorted()
        for index in model.functions.indices {
            model.functions[index].nodes = try model.functions[index].nodes.topologicallySorted()
        }
        var report = ImportReport()
        report.path = path
        report.fileByteCount = storage.byteCount
        report.inlineByteCount = scan.payloadByteCount
        files.describe(in: &report)
        withExtendedLifetime((unpacked, storage)) {}
        return (model, report)
    }
}
