// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Reads little-endian fields of a GGUF file one after another; every read is checked against the end.
struct GGUFCursor {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset: Int

    init(_ bytes: UnsafeRawBufferPointer, offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    var remaining: Int { bytes.count - offset }

    /// Takes `count` bytes.
    ///
    /// - Throws: `gguf.truncated`.
    mutating func take(_ count: Int, _ what: String) throws(ONNXError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else {
            throw ONNXError(
                "gguf.truncated",
                "The file ends inside \(what): \(count) bytes are needed at offset \(offset), \(remaining) are there. The download may be incomplete."
            )
        }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type = Number.self, _ what: String)
        throws(ONNXError) -> Number
    {
        let raw = try take(MemoryLayout<Number>.size, what)
        return Number(littleEndian: raw.loadUnaligned(as: Number.self))
    }

    /// A 64-bit count or length that must fit in `Int`.
    ///
    /// - Throws: `gguf.count` or `gguf.truncated`.
    mutating func count(_ what: String) throws(ONNXError) -> Int {
        let value = try integer(UInt64.self, what)
        guard let count = Int(exactly: value) else {
            throw ONNXError("gguf.count", "\(value) is not a possible \(what).")
        }
        return count
    }

    /// A string with its length before it.
    ///
    /// - Throws: `gguf.truncated`, `gguf.utf8`.
    mutating func string(_ what: String) throws(ONNXError) -> String {
        let length = try count("length of \(what)")
        let start = offset
        let raw = try take(length, what)
        guard let text = String(validating: raw, as: UTF8.self) else {
            throw ONNXError("gguf.utf8", "\(what) at offset \(start) is not valid UTF-8.")
        }
        return text
    }
}
