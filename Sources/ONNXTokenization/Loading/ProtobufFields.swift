// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Walks over the fields of one protobuf message.
struct ProtobufFields {
    enum Value {
        case number(UInt64)
        case bytes(UnsafeRawBufferPointer)
        case fixed32(UInt32)
        case fixed64
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next field, or nil at the end.
    ///
    /// - Throws: `tokenizer.invalid` for what is no protobuf message.
    mutating func next() throws(ONNXError) -> (number: Int, value: Value)? {
        guard position < bytes.count else { return nil }
        let tag = try varint()
        guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw malformed("a field number") }
        let number = Int(tag >> 3)
        switch tag & 7 {
        case 0: return (number, .number(try varint()))
        case 1:
            _ = try take(8)
            return (number, .fixed64)
        case 2: return (number, .bytes(try take(try varint())))
        case 5: return (number, .fixed32(try take(4).loadUnaligned(as: UInt32.self)))
        default: throw malformed("a wire type")
        }
    }

    private mutating func varint() throws(ONNXError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count, shift < 64 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw malformed("a number")
    }

    private mutating func take(_ count: UInt64) throws(ONNXError) -> UnsafeRawBufferPointer {
        guard count <= UInt64(bytes.count - position) else { throw malformed("a length") }
        defer { position += Int(count) }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(count)])
    }

    private func malformed(_ what: String) -> ONNXError {
        ONNXError(
            "tokenizer.invalid",
            "the tokenizer model is cut off or damaged: \(what) at byte \(position) makes no sense")
    }
}
