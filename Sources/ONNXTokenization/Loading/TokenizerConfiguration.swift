// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

/// What `tokenizer_config.json` says where there is no `tokenizer.json`.
struct TokenizerConfiguration {
    private let value: JSONValue

    init(_ value: JSONValue) { self.value = value }

    /// The tokenizer's class without the suffix of its fast form, or nil.
    var className: String? {
        value["tokenizer_class"]?.stringValue.map { $0.hasSuffix("Fast") ? String($0.dropLast(4)) : $0 }
    }

    /// Whether each part between special tokens begins like a text of its own; nil where nothing is said.
    var isLegacy: Bool? { value["legacy"]?.boolValue }

    var addsPrefixSpace: Bool { value["add_prefix_space"]?.boolValue ?? false }

    /// The spellings of the special tokens that have a role.
    var specialTokens: [String] {
        let roles = ["bos_token", "eos_token", "unk_token", "pad_token"].compactMap { text(of: value[$0]) }
        return roles + (value["additional_special_tokens"]?.arrayValue ?? []).compactMap { text(of: $0) }
    }

    /// The ids around a text: `add_bos_token` and `add_eos_token`, of which Llama's family has the first by default.
    func ends(_ id: (String) throws(ONNXError) -> Int?) throws(ONNXError) -> PostProcessor {
        let isLlama = ["LlamaTokenizer", "CodeLlamaTokenizer", "GemmaTokenizer"].contains(className ?? "")
        var result = PostProcessor()
        if value["add_bos_token"]?.boolValue ?? isLlama, let content = text(of: value["bos_token"]),
            let id = try id(content)
        {
            result.prefix = [id]
        }
        if value["add_eos_token"]?.boolValue ?? false, let content = text(of: value["eos_token"]),
            let id = try id(content)
        {
            result.suffix = [id]
        }
        return result
    }

    /// The tokens of `added_tokens_decoder`, by id.
    func addedTokens(limits: TokenizerLimits) throws(ONNXError) -> [AddedToken] {
        guard let table = value["added_tokens_decoder"]?.objectValue else { return [] }
        guard table.count <= limits.addedTokens else {
            throw ONNXError("tokenizer.too_large", "there are more than \(limits.addedTokens) added tokens")
        }
        var tokens: [AddedToken] = []
        for key in table.keys {
            guard let id = Int(key), id >= 0, id < limits.idBound else {
                throw ONNXError("tokenizer.bad_id", "`added_tokens_decoder` has the id \"\(key)\"")
            }
            guard let entry = table[key], let content = entry["content"]?.stringValue, !content.isEmpty,
                content.utf8.count <= limits.tokenBytes
            else {
                throw ONNXError(
                    "tokenizer.invalid", "the added token \(id) has no `content`, or too much of it")
            }
            let isSpecial = entry["special"]?.boolValue ?? false
            tokens.append(
                AddedToken(
                    id: id, content: content, isSingleWord: entry["single_word"]?.boolValue ?? false,
                    stripsLeft: entry["lstrip"]?.boolValue ?? false,
                    stripsRight: entry["rstrip"]?.boolValue ?? false,
                    isNormalized: entry["normalized"]?.boolValue ?? !isSpecial, isSpecial: isSpecial))
        }
        return tokens.sorted { $0.id < $1.id }
    }

    static func special(_ id: Int, _ content: String) -> AddedToken {
        AddedToken(
            id: id, content: content, isSingleWord: false, stripsLeft: false, stripsRight: false,
            isNormalized: false,
            isSpecial: true)
    }

    /// A token's spelling, given as a string or as an object with `content`.
    private func text(of value: JSONValue?) -> String? {
        value?.stringValue ?? value?["content"]?.stringValue
    }
}
