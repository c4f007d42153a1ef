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
        case "NFC", "NFD", "NFKC", "NFKD": return NormalizationForm(name: type).map { [.form($0)] } ?? []
        case "Prepend":
            return [.prepend(Array(try field("prepend", of: value, "normalizer", { $0.stringValue }).utf8))]
        case "Replace":
            if let regex = value["pattern"]?["Regex"]?.stringValue {
                let content = try field("content", of: value, "normalizer") { $0.stringValue }
                return [.replaceMatches(try expression(regex, "normalizer"), with: Array(content.utf8))]
            }
            let (pattern, content) = try replacement(value, "normalizer")
            return [.replace(pattern, with: content)]
        case "Lowercase": return [.lowercase]
        case "Strip":
            let left = try field("strip_left", of: value, "normalizer") { $0.boolValue }
            let right = try field("strip_right", of: value, "normalizer") { $0.boolValue }
            return [.strip(left: left, right: right)]
        case "StripAccents": return [.stripAccents]
        case "Nmt": return [.nmt]
        case "ByteLevel": return [.byteLevel]
        case "BertNormalizer": return [.bert(try bert(value))]
        case "Precompiled":
            let text = try field("precompiled_charsmap", of: value, "normalizer") { $0.stringValue }
            guard let bytes = Base64.decode(text) else {
                throw ONNXError("tokenizer.invalid", "the normalizer's character map is not base64")
            }
            return [.mapped(try PrecompiledMap(bytes))]
        default: throw unsupported("normalizer", type)
        }
    }

    private static func bert(_ value: JSONValue) throws(ONNXError) -> BertNormalization {
        let lowercases = try field("lowercase", of: value, "normalizer") { $0.boolValue }
        return BertNormalization(
            cleansText: try field("clean_text", of: value, "normalizer") { $0.boolValue },
            handlesChineseCharacters: try field("handle_chinese_chars", of: value, "normalizer") {
                $0.boolValue
            },
            stripsAccents: value["strip_accents"]?.boolValue ?? lowercases, lowercases: lowercases)
    }

    /// A regular expression that is searched for in linear time.
    static func expression(_ source: String, _ part: String) throws(ONNXError) -> SplitExpression {
        do throws(ExpressionParser.Refusal) { return try SplitExpression(source) } catch {
            throw ONNXError(
                "tokenizer.regex_unsupported",
                "the tokenizer's \(part) has a regular expression that is not supported: \(error.reason): \(source)"
            )
        }
    }

    /// Pattern and content of a `Replace`, whose pattern must be a plain string.
    static func replacement(
        _ value: JSONValue, _ part: String
    ) throws(ONNXError) -> (pattern: [UInt8], content: [UInt8]) {
        let content = try field("content", of: value, part) { $0.stringValue }
        let pattern = try field("pattern", of: value, part) { $0.objectValue }
        guard let text = pattern["String"]?.stringValue, !text.isEmpty else {
            throw ONNXError(
                "tokenizer.invalid", "the tokenizer's \(part) \"Replace\" lacks a valid `pattern`")
        }
        return (Array(text.utf8), Array(content.utf8))
    }
}
