// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

extension JSONReader {
    /// Takes a string.
    ///
    /// An escaped surrogate without its partner becomes U+FFFD.
    package mutating func readString() throws(ONNXError) -> String {
        String(decoding: try readStringBytes(), as: UTF8.self)
    }

    /// Takes a string and gives its UTF-8 bytes, which are valid until the reader's next call.
    package mutating func readStringBytes() throws(ONNXError) -> UnsafeBufferPointer<UInt8> {
        let kind = try peek()
        guard kind == .string else {
            throw error("json.type", "expected a string, found \(Self.name(kind))")
        }
        let opening = position
        let start = position + 1
        var cursor = start
        while cursor < count {
            let byte = base[cursor]
            if byte == 0x22 {
                position = cursor + 1
                return UnsafeBufferPointer(start: base + start, count: cursor - start)
            }
            if byte == 0x5C { return try readEscaped(opening: opening, upTo: cursor) }
            if byte < 0x20 {
                throw error("json.syntax", "a control character stands in a string", at: cursor)
            }
            if byte < 0x80 {
                cursor += 1
            } else {
                cursor += try multiByteLength(at: cursor)
            }
        }
        throw error("json.truncated", "the string that begins here has no end", at: opening)
    }

    private mutating func readEscaped(
        opening: Int, upTo first: Int
    ) throws(ONNXError) -> UnsafeBufferPointer<UInt8> {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: UnsafeBufferPointer(start: base + opening + 1, count: first - opening - 1))
        var cursor = first
        while cursor < count {
            let byte = base[cursor]
            if byte == 0x22 {
                position = cursor + 1
                let length = scratch.count
                // Safety: the scratch array is not touched before the reader's next call, which ends the loan.
                let pointer = scratch.withUnsafeMutableBufferPointer { $0.baseAddress }
                return UnsafeBufferPointer(start: pointer, count: length)
            }
            if byte == 0x5C {
                cursor = try readEscape(at: cursor)
                continue
            }
            if byte < 0x20 {
                throw error("json.syntax", "a control character stands in a string", at: cursor)
            }
            let length = byte < 0x80 ? 1 : try multiByteLength(at: cursor)
            for index in cursor..<cursor + length { scratch.append(base[index]) }
            cursor += length
        }
        throw error("json.truncated", "the string that begins here has no end", at: opening)
    }

    /// Decodes the escape at `offset` into the scratch bytes and returns the offset after it.
    private mutating func readEscape(at offset: Int) throws(ONNXError) -> Int {
        guard offset + 1 < count else { throw error("json.truncated", "an escape is cut off", at: offset) }
        switch base[offset + 1] {
        case 0x22: scratch.append(0x22)
        case 0x5C: scratch.append(0x5C)
        case 0x2F: scratch.append(0x2F)
        case 0x62: scratch.append(0x08)
        case 0x66: scratch.append(0x0C)
        case 0x6E: scratch.append(0x0A)
        case 0x72: scratch.append(0x0D)
        case 0x74: scratch.append(0x09)
        case 0x75: return try readUnicodeEscape(at: offset)
        default: throw error("json.syntax", "an unknown escape stands in a string", at: offset)
        }
        return offset + 2
    }

    private mutating func readUnicodeEscape(at offset: Int) throws(ONNXError) -> Int {
        let first = try hexUnit(at: offset)
        var value = first
        var next = offset + 6
        if first >= 0xD800 && first < 0xE000 {
            value = 0xFFFD
            if first < 0xDC00, next + 1 < count, base[next] == 0x5C, base[next + 1] == 0x75 {
                let second = try hexUnit(at: next)
                if second >= 0xDC00 && second < 0xE000 {
                    value = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
                    next += 6
                }
            }
        }
        guard let scalar = Unicode.Scalar(value) else { return next }
        scratch.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        return next
    }

    private func hexUnit(at offset: Int) throws(ONNXError) -> UInt32 {
        guard offset + 6 <= count else {
            throw error("json.truncated", "a \\u escape is cut off", at: offset)
        }
        var value: UInt32 = 0
        for index in offset + 2..<offset + 6 {
            let byte = base[index]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw error("json.syntax", "a \\u escape needs four hexadecimal digits", at: offset)
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    /// The length of the well-formed multi-byte character at `offset`.
    private func multiByteLength(at offset: Int) throws(ONNXError) -> Int {
        let length = UTF8Bytes.wellFormedLength(base + offset, available: count - offset)
        guard length > 0 else { throw error("json.invalid_utf8", "the bytes are not UTF-8", at: offset) }
        return length
    }
}
