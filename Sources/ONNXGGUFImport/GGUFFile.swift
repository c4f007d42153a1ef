// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
import ONNXTensors

/// A tensor of a GGUF file; its bytes lie inside the mapped file.
package struct GGUFTensor: Sendable {
    package let name: String
    package let typeCode: UInt32
    /// Lengths from the fastest dimension on, as the file gives them.
    package let dimensions: [Int]
    /// Bytes from the start of the file.
    package let offset: Int
    package let byteCount: Int
}

/// A GGUF file of version 2 or 3, mapped and checked: every tensor lies inside it.
///
/// Source of the layout: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.
package struct GGUFFile: Sendable {
    package static let maximumStringLength = 16 << 20

    package let version: Int
    package let metadata: [String: GGUFValue]
    package let tensors: [String: GGUFTensor]
    package let path: String
    let storage: MappedFile

    /// Opens the file and reads everything but the elements.
    ///
    /// - Throws: `gguf.*` for what is wrong in the file, and what ``MappedFile`` throws.
    package init(path: String) throws(ONNXError) {
        do {
            try self.init(MappedFile(path: path))
        } catch {
            throw error.adding("\"\(path)\"")
        }
    }

    private init(_ file: MappedFile) throws(ONNXError) {
        var cursor = GGUFCursor(file.bytes)
        version = try Self.readVersion(&cursor)
        let tensorCount = try cursor.count("number of tensors")
        let metadataCount = try cursor.count("number of metadata entries")
        // The smallest entries take 24 (a tensor of rank 0) and 13 bytes (a byte under an empty key).
        guard tensorCount <= cursor.remaining / 24, metadataCount <= cursor.remaining / 13 else {
            throw ONNXError(
                "gguf.count",
                "\(tensorCount) tensors and \(metadataCount) metadata entries cannot stand in \(file.byteCount) bytes."
            )
        }
        metadata = try Self.readMetadata(&cursor, count: metadataCount)
        let alignment = try Self.alignment(metadata)
        var infos: [GGUFTensorInfo] = []
        for _ in 0..<tensorCount { infos.append(try GGUFTensorInfo(&cursor)) }
        let (padded, overflow) = cursor.offset.addingReportingOverflow(alignment - 1)
        guard !overflow else { throw ONNXError("gguf.alignment", "Alignment \(alignment) is too large.") }
        let start = padded / alignment * alignment
        var tensors: [String: GGUFTensor] = [:]
        for info in infos {
            let tensor = try info.placed(start: start, alignment: alignment, fileByteCount: file.byteCount)
            guard tensors.updateValue(tensor, forKey: info.name) == nil else {
                throw ONNXError("gguf.duplicate_tensor", "There are two tensors named \"\(info.name)\".")
            }
        }
        self.tensors = tensors
        path = file.path
        storage = file
    }

    /// The first byte of a tensor's elements; valid as long as this value is alive.
    func bytes(of tensor: GGUFTensor) -> UnsafeRawPointer {
        storage.baseAddress.advanced(by: tensor.offset)
    }

    private static func readVersion(_ cursor: inout GGUFCursor) throws(ONNXError) -> Int {
        let magic = try cursor.take(4, "the signature")
        guard magic.elementsEqual("GGUF".utf8) else {
            throw ONNXError(
                "gguf.magic", "The file does not begin with \"GGUF\"; it is in another format.")
        }
        let version = try cursor.integer(UInt32.self, "the version")
        if version == 2 || version == 3 { return Int(version) }
        guard !(1...3).contains(version.byteSwapped) else {
            throw ONNXError("gguf.big_endian", "The file is big-endian; only little-endian files are read.")
        }
        throw ONNXError("gguf.version", "GGUF version \(version) is not supported; versions 2 and 3 are.")
    }

    private static func readMetadata(_ cursor: inout GGUFCursor, count: Int) throws(ONNXError)
        -> [String: GGUFValue]
    {
        var metadata: [String: GGUFValue] = [:]
        for _ in 0..<count {
            let key = try cursor.string("a metadata key")
            do throws(ONNXError) {
                let type = try cursor.integer(UInt32.self, "a value's type")
                let value = try GGUFValueReader.read(type, &cursor)
                guard metadata.updateValue(value, forKey: key) == nil else {
                    throw ONNXError("gguf.duplicate_key", "The metadata key \"\(key)\" stands twice.")
                }
            } catch {
                throw error.adding("metadata \"\(key)\"")
            }
        }
        return metadata
    }

    private static func alignment(_ metadata: [String: GGUFValue]) throws(ONNXError) -> Int {
        switch metadata["general.alignment"] {
        case nil: return 32
        case .integer(let value) where value > 0 && value % 8 == 0 && value <= 1 << 30: return value
        case .some(let value):
            throw ONNXError(
                "gguf.alignment", "\"general.alignment\" is \(value); it must be a multiple of 8.")
        }
    }
}
