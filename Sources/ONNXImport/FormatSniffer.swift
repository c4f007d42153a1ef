// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

/// Recognises by its first bytes what a file is that is no ONNX file.
package enum FormatSniffer {
    /// How many first bytes are looked at.
    package static let prefixByteCount = 1024

    /// The error for a model file that is something else; nil when it may be an ONNX file.
    package static func modelError(path: String, bytes: UnsafeRawBufferPointer) -> ONNXError? {
        if bytes.isEmpty {
            return ONNXError(
                "model.empty", "\"\(path)\" is empty: the download has failed; download it again.")
        }
        if let pointer = lfsPointer(bytes) {
            return ONNXError(
                "model.lfs_pointer",
                "\"\(path)\" is a Git LFS pointer, not the model: the model has \(pointer). Run \"git lfs pull\" in the repository, or download the file itself."
            )
        }
        if isHTML(bytes) {
            return ONNXError(
                "model.is_html",
                "\"\(path)\" is a web page, not a model: a download has stored a login or error page; download the file itself."
            )
        }
        if let format = otherFormat(bytes) {
            return ONNXError("model.wrong_format", "\"\(path)\" is \(format), not an ONNX file.")
        }
        return nil
    }

    /// The size and sum that a Git LFS pointer gives, in words; nil when the bytes are none.
    package static func lfsPointer(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.starts(with: "version https://git-lfs".utf8) else { return nil }
        var size = ""
        var sum = ""
        let text = String(decoding: bytes.prefix(prefixByteCount), as: UTF8.self)
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("size ") { size = String(line.dropFirst(5).prefix(20)) }
            if line.hasPrefix("oid ") { sum = String(line.dropFirst(4).prefix(80)) }
        }
        let sizeText = Int(size).map(ByteText.describe) ?? "an unknown size"
        return sum.isEmpty ? sizeText : "\(sizeText) and \(sum)"
    }

    /// Whether the bytes begin like a web page.
    package static func isHTML(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var start = bytes.prefix(64)
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { start = start.dropFirst(3) }
        start = start.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let text = String(decoding: start, as: UTF8.self).lowercased()
        return ["<!doctype html", "<html", "<head", "<?xml", "<!--"].contains { text.hasPrefix($0) }
    }

    private static func otherFormat(_ bytes: UnsafeRawBufferPointer) -> String? {
        func has(_ magic: [UInt8], at offset: Int = 0) -> Bool {
            bytes.count >= offset + magic.count && bytes.dropFirst(offset).starts(with: magic)
        }
        if has(Array("GGUF".utf8)) { return "a GGUF file (import it with \"onnxlm import-gguf\")" }
        if has(Array("ORTM".utf8), at: 4) {
            return "a model in the format that ONNX Runtime optimises for itself (export the .onnx file)"
        }
        if has([0x50, 0x4B, 0x03, 0x04]) { return "a ZIP archive (PyTorch files are, too)" }
        if has([0x1F, 0x8B]) { return "a gzip archive" }
        if has([0x28, 0xB5, 0x2F, 0xFD]) { return "a Zstandard archive" }
        if has([0xFD, 0x37, 0x7A, 0x58, 0x5A]) { return "an xz archive" }
        if has([0x89, 0x48, 0x44, 0x46]) { return "an HDF5 file" }
        if has(Array("TFL3".utf8), at: 4) { return "a TensorFlow Lite file" }
        if bytes.count > 2, bytes[0] == 0x80, (2...5).contains(bytes[1]) { return "a Python pickle" }
        if bytes.count > 9, bytes[8] == UInt8(ascii: "{"), bytes[9] == UInt8(ascii: "\"") {
            let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << UInt64($1 * 8) }
            if length <= UInt64(bytes.count) { return "a safetensors file" }
        }
        if has([UInt8(ascii: "{")]) { return "a JSON file" }
        return nil
    }
}
