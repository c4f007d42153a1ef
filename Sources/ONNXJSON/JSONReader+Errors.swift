// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension JSONReader {
    /// An error at the current position, or at `offset`.
    func error(_ code: ONNXError.Code, _ message: String, at offset: Int? = nil) -> ONNXError {
        let place = min(offset ?? position, count)
        var line = 1
        var lineStart = 0
        for index in 0..<place where base[index] == 0x0A {
            line += 1
            lineStart = index + 1
        }
        var column = 1
        for index in lineStart..<place where base[index] & 0xC0 != 0x80 { column += 1 }
        return ONNXError(code, "\(message), at line \(line) column \(column) (byte \(place))")
    }

    func truncated(_ expected: String) -> ONNXError {
        error("json.truncated", "the text ends where \(expected) is expected")
    }

    func unexpected(_ expected: String) -> ONNXError {
        guard position < count else { return truncated(expected) }
        let byte = base[position]
        let found =
            byte > 0x20 && byte < 0x7F
            ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x" + String(byte, radix: 16, uppercase: true)
        return error("json.syntax", "expected \(expected), found \(found)")
    }

    static func name(_ kind: Kind) -> String {
        switch kind {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .bool: "a truth value"
        case .null: "null"
        }
    }
}
