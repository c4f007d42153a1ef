// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

extension TokenizerLoader {
    static func postProcessor(_ value: JSONValue) throws(ONNXError) -> PostProcessor {
        let part = "post-processor"
        if value.isNull { return PostProcessor() }
        let type = try type(of: value, part)
        switch type {
        case "ByteLevel": return PostProcessor()
        case "Sequence":
            var result = PostProcessor()
            for step in try field("processors", of: value, part, { $0.arrayValue }) {
                let inner = try postProcessor(step)
                result.prefix = inner.prefix + result.prefix
                result.suffix += inner.suffix
            }
            return result
        case "RobertaProcessing", "BertProcessing":
            let ends = try ["cls", "sep"].map { (name: String) throws(ONNXError) -> Int in
                try field(name, of: value, part) { $0[1]?.intValue }
            }
            return PostProcessor(prefix: [try checked(ends[0])], suffix: [try checked(ends[1])])
        case "TemplateProcessing": return try template(value, part)
        default: throw unsupported(part, type)
        }
    }

    private static func template(_ value: JSONValue, _ part: String) throws(ONNXError) -> PostProcessor {
        let pieces = try field("single", of: value, part) { $0.arrayValue }
        let special = try field("special_tokens", of: value, part) { $0.objectValue }
        var result = PostProcessor()
        var textCount = 0
        for piece in pieces {
            if let sequence = piece["Sequence"] {
                guard sequence["id"]?.stringValue == "A" else {
                    throw unsupported(part, "template with a pair")
                }
                textCount += 1
                continue
            }
            guard let name = piece["SpecialToken"]?["id"]?.stringValue,
                let ids = special[name]?["ids"]?.arrayValue
            else {
                throw ONNXError(
                    "tokenizer.invalid", "the tokenizer's \(part) names a special token that it lacks")
            }
            for id in ids {
                guard let id = id.intValue else {
                    throw ONNXError(
                        "tokenizer.invalid", "the tokenizer's \(part) has an id that is no integer")
                }
                if textCount == 0 {
                    result.prefix.append(try checked(id))
                } else {
                    result.suffix.append(try checked(id))
                }
            }
        }
        guard textCount == 1 else { throw unsupported(part, "template with the text \(textCount) times") }
        return result
    }

    private static func checked(_ id: Int) throws(ONNXError) -> Int {
        guard id >= 0, id <= Int(Int32.max) else {
            throw ONNXError(
                "tokenizer.bad_id", "the post-processor has the id \(id), which no token can have")
        }
        return id
    }
}
