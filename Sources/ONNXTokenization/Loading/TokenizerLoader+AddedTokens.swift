// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

extension TokenizerLoader {
    mutating func readAddedTokens(_ reader: inout JSONReader) throws(ONNXError) {
        addedTokens = []
        var byteCount = 0
        if try reader.peek() == .null { return try reader.readNull() }
        try reader.beginArray()
        while try reader.nextElement() {
            let token = try Self.addedToken(try reader.readValue(), limits: limits)
            byteCount += token.content.utf8.count
            guard addedTokens.count < limits.addedTokens, byteCount <= limits.addedTokenBytes else {
                throw ONNXError(
                    "tokenizer.too_large",
                    "there are more than \(limits.addedTokens) added tokens or \(limits.addedTokenBytes) bytes of them"
                )
            }
            addedTokens.append(token)
        }
    }

    private static func addedToken(_ value: JSONValue, limits: TokenizerLimits) throws(ONNXError)
        -> AddedToken
    {
        let content = try field("content", of: value, "added token") { $0.stringValue }
        let id = try field("id", of: value, "added token \"\(content)\"") { $0.intValue }
        guard id >= 0, id < limits.idBound else {
            throw ONNXError(
                "tokenizer.bad_id",
                "added token \"\(content)\" has the id \(id), ids must lie in 0..<\(limits.idBound)")
        }
        guard !content.isEmpty else {
            throw ONNXError("tokenizer.invalid", "the added token with the id \(id) is empty")
        }
        guard content.utf8.count <= limits.tokenBytes else {
            throw ONNXError(
                "tokenizer.too_large",
                "the added token with the id \(id) has \(content.utf8.count) bytes, the limit is \(limits.tokenBytes)"
            )
        }
        let isSpecial = value["special"]?.boolValue ?? false
        return AddedToken(
            id: id, content: content, isSingleWord: value["single_word"]?.boolValue ?? false,
            stripsLeft: value["lstrip"]?.boolValue ?? false, stripsRight: value["rstrip"]?.boolValue ?? false,
            isNormalized: value["normalized"]?.boolValue ?? !isSpecial, isSpecial: isSpecial)
    }
}
