// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

extension TokenizerLoader {
    static func preTokenizer(_ value: JSONValue) throws(ONNXError) -> PreTokenizer {
        var result = PreTokenizer()
        if !value.isNull { try addPreTokenizer(value, to: &result) }
        return result
    }

    private static func addPreTokenizer(_ value: JSONValue, to result: inout PreTokenizer) throws(ONNXError) {
        let part = "pre-tokenizer"
        let type = try type(of: value, part)
        result.spellBytes()
        switch type {
        case "Sequence":
            for step in try field("pretokenizers", of: value, part, { $0.arrayValue }) {
                try addPreTokenizer(step, to: &result)
            }
        case "ByteLevel":
            if try field("add_prefix_space", of: value, part, { $0.boolValue }) {
                result.steps.append(.prefixSpace)
            }
            if value["use_regex"]?.boolValue ?? true {
                result.steps.append(.split(.words(.gpt2), .isolated, inverted: false))
            }
            result.isByteLevel = true
        case "Digits":
            let areIndividual = try field("individual_digits", of: value, part) { $0.boolValue }
            result.steps.append(.split(.digit, areIndividual ? .isolated : .contiguous, inverted: false))
        case "Split":
            let behavior = try field("behavior", of: value, part) { $0.stringValue }
            guard let behavior = SplitBehavior(rawValue: behavior) else { throw unsupported(part, behavior) }
            let isInverted = value["invert"]?.boolValue ?? false
            result.steps.append(.split(try matcher(value), behavior, inverted: isInverted))
        case "Metaspace": result.steps.append(try metaspace(value, part))
        case "Whitespace": result.steps.append(.split(.wordsAndMarks, .removed, inverted: true))
        case "WhitespaceSplit": result.steps.append(.split(.space, .removed, inverted: false))
        case "Punctuation":
            let behavior = value["behavior"]?.stringValue ?? "Isolated"
            guard let behavior = SplitBehavior(rawValue: behavior) else { throw unsupported(part, behavior) }
            result.steps.append(.split(.punctuation, behavior, inverted: false))
        case "BertPreTokenizer":
            result.steps.append(.split(.space, .removed, inverted: false))
            result.steps.append(.split(.punctuation, .isolated, inverted: false))
        case "CharDelimiterSplit":
            let delimiter = try field("delimiter", of: value, part) { field in
                field.stringValue.flatMap { $0.unicodeScalars.count == 1 ? Array($0.utf8) : nil }
            }
            result.steps.append(.split(.literal(delimiter), .removed, inverted: false))
        case "UnicodeScripts": result.steps.append(.scripts)
        case "FixedLength":
            result.steps.append(
                .length(
                    try field("length", of: value, part) { field in
                        field.intValue.flatMap { (1...1 << 20).contains($0) ? $0 : nil }
                    }))
        default: throw unsupported(part, type)
        }
    }

    private static func matcher(_ value: JSONValue) throws(ONNXError) -> SplitMatcher {
        let pattern = try field("pattern", of: value, "pre-tokenizer") { $0.objectValue }
        if let text = pattern["String"]?.stringValue, !text.isEmpty { return .literal(Array(text.utf8)) }
        guard let regex = pattern["Regex"]?.stringValue else {
            throw ONNXError(
                "tokenizer.invalid", "the tokenizer's pre-tokenizer \"Split\" lacks a valid `pattern`")
        }
        if let words = WordPattern.known(regex) { return .words(words) }
        switch regex {
        case "\\p{N}{1,3}": return .digits(limit: 3)
        case "\\p{N}": return .digits(limit: 1)
        case "\\p{N}+": return .digits(limit: 0)
        default: return .expression(try expression(regex, "pre-tokenizer"))
        }
    }

    private static func metaspace(_ value: JSONValue, _ part: String) throws(ONNXError) -> PreTokenizer.Step {
        .metaspace(
            replacement: try metaspaceMark(value, part), prepends: try prepending(value, part),
            splits: value["split"]?.boolValue ?? true)
    }

    /// The character that stands for a space.
    static func metaspaceMark(_ value: JSONValue, _ part: String) throws(ONNXError) -> [UInt8] {
        try field("replacement", of: value, part) { field in
            guard let text = field.stringValue, text.unicodeScalars.count == 1 else { return nil }
            return Array(text.utf8)
        }
    }

    static func prepending(_ value: JSONValue, _ part: String) throws(ONNXError) -> PreTokenizer.Prepending {
        let name = value["prepend_scheme"]?.stringValue ?? "always"
        guard let scheme = PreTokenizer.Prepending(rawValue: name) else {
            throw unsupported(part, "Metaspace with \(name)")
        }
        guard value["add_prefix_space"]?.boolValue == false else { return scheme }
        return .never
    }
}
