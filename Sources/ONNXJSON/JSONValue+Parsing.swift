// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors

extension JSONValue {
    /// Reads a JSON text from memory.
    ///
    /// The text is UTF-8 without byte order mark. Of equal keys the last one counts. An escaped surrogate without
    /// its partner becomes U+FFFD.
    ///
    /// - Throws: `json.syntax`, `json.truncated`, `json.invalid_utf8`, `json.too_deep` or `json.too_large`, with
    ///   line, column and byte offset.
    /// - Complexity: O(n) in the bytes.
    package static func parse(
        _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()
    ) throws(ONNXError) -> JSONValue {
        var reader = try JSONReader(bytes, limits: limits)
        let value = try reader.readValue()
        try reader.finish()
        return value
    }

    /// Reads a JSON text.
    ///
    ///     let tools = try JSONValue.parse(#"[{"type": "function", "function": {"name": "now"}}]"#)
    ///     print(tools[0]?["function"]?["name"]?.stringValue ?? "none")  // now
    ///
    /// Of equal keys the last one counts.
    ///
    /// - Throws: `json.syntax`, `json.truncated`, `json.too_deep` or `json.too_large`, with line, column and byte offset.
    /// - Complexity: O(n) in the bytes.
    public static func parse(_ text: String) throws(ONNXError) -> JSONValue {
        try parse(text, limits: JSONLimits())
    }

    /// Reads a JSON text from a string.
    package static func parse(_ text: String, limits: JSONLimits) throws(ONNXError) -> JSONValue {
        let bytes = Array(text.utf8)
        return try parse(bytes, limits: limits)
    }

    /// Reads a JSON text from bytes.
    package static func parse(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(ONNXError)
        -> JSONValue
    {
        let result: Result<JSONValue, ONNXError> = bytes.withUnsafeBytes { buffer in
            do throws(ONNXError) {
                return .success(try parse(buffer, limits: limits))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Reads a JSON file.
    ///
    /// - Throws: the errors of ``parse(_:limits:)-(UnsafeRawBufferPointer,_)`` and `file.missing`, `file.unreadable`,
    ///   each naming the file.
    package init(contentsOf path: String, limits: JSONLimits = JSONLimits()) throws(ONNXError) {
        do throws(ONNXError) {
            let bytes = try FileBytes.read(path, byteLimit: limits.byteCount, tooLarge: "json.too_large")
            self = try Self.parse(bytes, limits: limits)
        } catch {
            throw error.adding("file \"\(path)\"")
        }
    }
}
