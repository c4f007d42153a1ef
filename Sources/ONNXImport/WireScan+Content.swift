// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension WireScan {
    /// Reads a varint that must end before `end`.
    mutating func varint(end: Int) throws(ONNXError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            position += 1
            if shift == 63, byte > 1 { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw error("proto.bad_varint", "a number has no end or more than 64 bits", at: start)
    }

    /// Reads a length and checks it against what is left of the message.
    mutating func lengthPrefix(end: Int) throws(ONNXError) -> Int {
        let start = position
        let length = try varint(end: end)
        let left = end - position
        guard length <= UInt64(left) else {
            let hint = end == bytes.count ? "; the file may be cut off" : ""
            throw error(
                "proto.length", "a field of \(length) bytes does not fit in the \(left) that are left\(hint)",
                at: start)
        }
        return Int(length)
    }

    /// Steps over a number of fixed size.
    mutating func skip(_ count: Int, end: Int, at start: Int) throws(ONNXError) {
        guard end - position >= count else {
            throw error(
                "proto.length", "a number of \(count) bytes does not fit in the \(end - position) left",
                at: start)
        }
        position += count
    }

    /// Checks the content of a length-delimited field that is no message: a text, or packed numbers.
    func checkContent(
        of field: WireField, _ content: Range<Int>, in frame: Frame, isKept: Bool, at start: Int
    ) throws(ONNXError) {
        switch field.content {
        case .text, .bytes:
            guard content.count <= limits.fieldByteCount else {
                throw error(
                    "proto.budget",
                    "\"\(field.name)\" takes \(content.count) bytes; the limit is \(limits.fieldByteCount)",
                    at: start)
            }
            guard isKept, case .text = field.content else { return }
            let text = UnsafeRawBufferPointer(rebasing: bytes[content])
            switch UTF8Check.check(text) {
            case .valid: return
            case .malformed(let offset):
                throw error(
                    "proto.utf8", "\"\(field.name)\" is not UTF-8", at: content.lowerBound + offset)
            case .null(let offset):
                throw error(
                    "proto.nul", "\"\(field.name)\" contains a NUL byte", at: content.lowerBound + offset)
            }
        case .fixed32, .fixed64:
            guard field.isRepeated else { throw mismatch(field, frame, 2, at: start) }
            let size = if case .fixed32 = field.content { 4 } else { 8 }
            guard content.count % size == 0 else {
                throw error(
                    "proto.packed",
                    "\"\(field.name)\" holds \(content.count) bytes, which is no multiple of \(size)",
                    at: start)
            }
        case .varint:
            guard field.isRepeated else { throw mismatch(field, frame, 2, at: start) }
            var length = 0
            for index in content {
                length += 1
                if bytes[index] < 0x80 { length = 0 }
                guard length < 10 else { break }
            }
            guard length == 0 else {
                throw error("proto.packed", "the last number of \"\(field.name)\" has no end", at: start)
            }
        case .unknown, .payload, .message: return
        }
    }

    /// Appends a number to the copy.
    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            kept.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        kept.append(UInt8(rest))
    }

    /// Appends a piece of the file to the copy.
    mutating func keep(_ range: Range<Int>, at start: Int) throws(ONNXError) {
        if kept.count + range.count <= limits.keptByteCount {
            kept.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[range]))
        } else {
            throw tooLarge(at: start)
        }
    }

    /// Checks the size of the copy.
    func checkKept(at start: Int) throws(ONNXError) {
        guard kept.count <= limits.keptByteCount else { throw tooLarge(at: start) }
    }

    private func tooLarge(at start: Int) -> ONNXError {
        error(
            "proto.budget",
            "the file holds more than \(limits.keptByteCount) bytes besides tensor data in raw_data",
            at: start)
    }

    /// The error for a known field in a wire type that is not its own.
    func mismatch(_ field: WireField, _ frame: Frame, _ wireType: UInt8, at start: Int) -> ONNXError {
        error(
            "proto.wire_type_mismatch",
            "\"\(field.name)\" of \(frame.kind.label) has wire type \(wireType)", at: start)
    }

    /// An error with the place: the offset and the fields that lead to it.
    func error(_ code: ONNXError.Code, _ what: String, at offset: Int) -> ONNXError {
        var path = stack.dropFirst().map { "\($0.fieldName)" }
        if path.count > 8 { path = Array(path.prefix(3)) + ["…"] + Array(path.suffix(4)) }
        let place = path.isEmpty ? "" : " (in \(path.joined(separator: ".")))"
        return ONNXError(code, "The protobuf is not valid at byte \(offset)\(place): \(what).")
    }
}
