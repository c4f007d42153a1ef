// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

extension TokenizerLoader {
    static func normalizerSteps(_ value: JSONValue) throws(ONNXError) -> [Normalizer.Step] {
        if value.isNull { return [] }
        let type = try type(of: value, "normalizer")
        switch type {
        case "Sequence":
            var steps: [Normalizer.Step] = []
            for part in try field("normalizers", of: value, "normalizer", { $0.arrayValue }) {
                steps += try normalizerSteps(part)
            }
            return steps
        case "NFC": return [.composed]
        case "Prepend":
            return [.prepend(Array(try field("prepend", of: value, "normalizer", { $0.stringValue }).utf8))]
        case "Replace":
            let (pattern, content) = try replacement(value, "normalizer")
            return [.replace(pattern, with: content)]
        default: throw unsupported("normalizer", type)
        }
    }

    /// Pattern and content of a `Replace`, whose pattern must be a plain string.
    static func replacement(
        _ value: JSONValue, _ part: String
    ) throws(ONNXError) -> (pattern: [UInt8], content: [UInt8]) {
        let content = try field("content", of: value, part) { $0.stringValue }
        let pattern = try field("pattern", of: value, part) { $0.objectValue }
        if let regex = pattern["Regex"]?.stringValue { throw regexUnsupported(regex, part) }
        guard let text = pattern["String"]?.stringValue, !text.isEmpty else {
            throw ONNXError(
                "tokenizer.invalid", "the tokenizer's \(part) \"Replace\" lacks a valid `pattern`")
        }
        return (Array(text.utf8), Array(content.utf8))
    }

    static func regexUnsupported(_ regex: String, _ part: String) -> ONNXError {
        ONNXError(
            "tokenizer.regex_unsupported",
            "the tokenizer's \(part) splits by a regular expression that is not one of the known ones: \(regex)"
        )
    }
}
