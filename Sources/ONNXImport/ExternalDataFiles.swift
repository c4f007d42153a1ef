// SPDX-License-Identifier: Apache-2.0
import CONNXSystem
import ONNXErrors
import ONNXTensors

/// The data files of a model: which tensors stand in them, and the mapped files, each opened once.
final class ExternalDataFiles {
    /// A tensor that stands in a data file.
    struct Request {
        var name: String
        var elementType: ElementType
        var shape: Shape
        var reference: ExternalReference
        var byteCount: Int

        /// One past the last byte in the data file; the reference has been checked not to overflow.
        var end: Int { reference.offset + byteCount }
    }

    private let folder: ExternalFolder?
    private let options: ImportOptions
    private(set) var requests: [Request] = []
    private var storages: [String: MappedStorage] = [:]

    /// - Parameter folder: nil when the model does not come from a file, and so has no data files.
    init(folder: ExternalFolder?, options: ImportOptions) {
        self.folder = folder
        self.options = options
    }

    /// Whether tensors in data files are to be left out.
    var areSkipped: Bool { options.externalData == .skipped }

    /// Notes a tensor, after checking its range.
    ///
    /// - Throws: `external_data.length`, `external_data.range`.
    func add(_ header: TensorHeader, _ reference: ExternalReference) throws(ONNXError) {
        if let length = reference.length, length != header.byteCount {
            throw ONNXError(
                "external_data.length",
                "\(header.elementType)\(header.shape) takes \(header.byteCount) bytes, but \"length\" says \(length)."
            )
        }
        guard !reference.offset.addingReportingOverflow(header.byteCount).overflow else {
            throw ONNXError(
                "external_data.range",
                "Offset \(reference.offset) and \(header.byteCount) bytes add up to more than 63 bits.")
        }
        requests.append(
            Request(
                name: header.name, elementType: header.elementType, shape: header.shape,
                reference: reference, byteCount: header.byteCount))
    }

    /// Opens every data file and checks that every tensor lies inside its file.
    ///
    /// - Throws: `external_data.missing`, `.truncated`, `.lfs_pointer`, `.is_html`, `.escapes`, `.not_regular`,
    ///   `.checksum`, or `io.*`: with the file, a tensor, the bytes needed and the bytes there.
    func openAll() throws(ONNXError) {
        let groups = groups()
        var missing: [Group] = []
        for group in groups {
            do throws(ONNXError) {
                storages[group.location] = MappedStorage(try open(group.location))
            } catch {
                guard error.code == "external_data.missing" else {
                    throw error.adding("tensor \"\(group.requests.first?.name ?? "")\"")
                }
                missing.append(group)
            }
        }
        if !missing.isEmpty { throw missingError(missing) }
        for group in groups { try check(group) }
    }

    /// The mapped file of that name.
    ///
    /// - Throws: `external_data.missing` when it was not opened.
    func storage(for location: String) throws(ONNXError) -> MappedStorage {
        guard let storage = storages[location] else {
            throw ONNXError("external_data.missing", "The data file \"\(location)\" has not been opened.")
        }
        return storage
    }

    /// What the report says of the data files; opens none for longer than it takes to learn its size.
    func describe(in report: inout ImportReport) {
        var sizes: [String: Int] = [:]
        for group in groups() {
            let size = try? storages[group.location]?.byteCount ?? open(group.location).byteCount
            sizes[group.location] = size
            report.dataFiles.append(
                DataFileInfo(
                    location: group.location, neededByteCount: group.needed, presentByteCount: size,
                    tensorCount: group.requests.count))
            if options.verifiesChecksums, let size, size > group.needed {
                report.warnings.append(
                    "The data file \"\(group.location)\" has \(size - group.needed) bytes that no tensor uses."
                )
            }
        }
        for request in requests {
            let size = sizes[request.reference.location] ?? -1
            report.externalTensors.append(
                ExternalTensorInfo(
                    name: request.name, elementType: request.elementType, shape: request.shape,
                    location: request.reference.location, offset: request.reference.offset,
                    byteCount: request.byteCount, isPresent: request.end <= size))
            for key in request.reference.unknownKeys where report.warnings.count < 20 {
                report.warnings.append(
                    "Tensor \"\(request.name)\" has an unknown external data key \"\(key)\".")
            }
        }
    }

    /// The tensors of one data file.
    struct Group {
        var location: String
        var requests: [Request]

        /// Bytes that the file must have.
        var needed: Int { requests.map(\.end).max() ?? 0 }
    }

    private func groups() -> [Group] {
        Dictionary(grouping: requests, by: \.reference.location)
            .map { Group(location: $0.key, requests: $0.value) }
            .sorted { $0.location < $1.location }
    }

    private func open(_ location: String) throws(ONNXError) -> MappedFile {
        guard let folder else {
            throw ONNXError(
                "external_data.no_folder",
                "The model stores tensors in the file \"\(location)\", but it was not read from a file.")
        }
        return try folder.open(location, refusesHardLinks: options.refusesHardLinks)
    }
}

extension ExternalDataFiles {
    /// Compares the file's SHA-1 sum with the one that its tensors give.
    private func checkSum(_ group: Group, _ bytes: UnsafeRawBufferPointer) throws(ONNXError) {
        guard let request = group.requests.first(where: { $0.reference.checksum != nil }),
            let expected = request.reference.checksum
        else { return }
        var digest = [UInt8](repeating: 0, count: 20)
        onnxlm_sha1(bytes.baseAddress, bytes.count, &digest)
        let digits = Array("0123456789abcdef".utf8)
        let sum = String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
        guard sum == expected.lowercased() else {
            throw ONNXError(
                "external_data.checksum",
                "The data file \"\(group.location)\" has the SHA-1 sum \(sum), not \(expected.prefix(60)) as tensor \"\(request.name)\" says: download it again."
            )
        }
    }

    private func missingError(_ groups: [Group]) -> ONNXError {
        let place = folder?.folder ?? "."
        let files = groups.prefix(8).map { "\"\($0.location)\" (\(ByteText.describe($0.needed)) needed)" }
        let more = groups.count > 8 ? " and \(groups.count - 8) more" : ""
        let tensors = groups.reduce(0) { $0 + $1.requests.count }
        let first = groups.first?.requests.first?.name ?? ""
        let what = groups.count == 1 ? "The data file" : "\(groups.count) data files"
        let verb = groups.count == 1 ? "is" : "are"
        return ONNXError(
            "external_data.missing",
            "\(what) \(files.joined(separator: ", "))\(more) \(verb) not in the folder \"\(place)\" (0 bytes there): \(tensors) tensors stand in \(groups.count == 1 ? "it" : "them"), the first is \"\(first)\". Download \(groups.count == 1 ? "it" : "them") from the same repository into the same folder."
        )
    }

    private func check(_ group: Group) throws(ONNXError) {
        let storage = try storage(for: group.location)
        let bytes = storage.file.bytes
        let isShort = group.needed > bytes.count
        if bytes.count <= FormatSniffer.prefixByteCount, let pointer = FormatSniffer.lfsPointer(bytes) {
            throw ONNXError(
                "external_data.lfs_pointer",
                "The data file \"\(group.location)\" is a Git LFS pointer, not the data: the data has \(pointer). Run \"git lfs pull\" in the repository, or download the file itself."
            )
        }
        if isShort, FormatSniffer.isHTML(bytes) {
            throw ONNXError(
                "external_data.is_html",
                "The data file \"\(group.location)\" is a web page of \(bytes.count) bytes, not the \(ByteText.describe(group.needed)) of data. Download the file itself."
            )
        }
        if isShort, let request = group.requests.first(where: { $0.end > bytes.count }) {
            throw ONNXError(
                "external_data.truncated",
                "Tensor \"\(request.name)\" needs the bytes \(request.reference.offset)..<\(request.end) of the data file \"\(group.location)\", which has \(ByteText.describe(bytes.count)) of the \(ByteText.describe(group.needed)) that are needed in all. The download is incomplete: download \"\(group.location)\" again from the same repository into the same folder."
            )
        }
        if options.verifiesChecksums { try checkSum(group, bytes) }
    }
}
