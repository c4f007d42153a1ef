// SPDX-License-Identifier: Apache-2.0
import ONNXJSON

/// Decoding of bytes that may not be UTF-8.
enum LossyUTF8 {
    /// Appends the bytes' text, with U+FFFD for each longest beginning of a character that is not completed.
    ///
    /// Returns how many bytes were used: all but a beginning at the very end that more bytes could complete.
    static func decode(_ bytes: [UInt8], into text: inout [UInt8]) -> Int {
        text.reserveCapacity(text.count + bytes.count)
        return bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            var cursor = 0
            while cursor < buffer.count {
                let available = buffer.count - cursor
                let length = UTF8Bytes.wellFormedLength(base + cursor, available: available)
                if length > 0 {
                    for index in cursor..<cursor + length { text.append(buffer[index]) }
                    cursor += length
                    continue
                }
                if UTF8Bytes.incompletePrefixLength(base + cursor, available: available) == available {
                    break
                }
                var bad = 1
                for size in 2...3 where size < available {
                    if UTF8Bytes.incompletePrefixLength(base + cursor, available: size) == size { bad = size }
                }
                text.append(contentsOf: [0xEF, 0xBF, 0xBD])
                cursor += bad
            }
            return cursor
        }
    }

    static func isWellFormed(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return true }
            var cursor = 0
            while cursor < buffer.count {
                let length = UTF8Bytes.wellFormedLength(base + cursor, available: buffer.count - cursor)
                guard length > 0 else { return false }
                cursor += length
            }
            return true
        }
    }
}
