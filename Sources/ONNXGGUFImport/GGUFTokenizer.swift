// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXExport

/// The tokenizer inside a GGUF file: byte-level BPE, which it turns into Hugging Face's files.
struct GGUFTokenizer {
    /// Token types as GGUF numbers them.
    private enum Kind {
        static let unknown = 2
        static let control = 3
        static let userDefined = 4
    }

    let tokens: [String]
    let beginToken: Int?
    /// Every token that ends an answer, the file's end of sequence first.
    let endTokens: [Int]
    let paddingToken: Int?
    let unknownToken: Int?
    let chatTemplate: String?
    let addsBeginToken: Bool
    private let merges: [(String, String)]
    private let addedTokens: [(id: Int, isSpecial: Bool)]
    private let preTokenizer: GGUFPreTokenizer

    /// - Throws: `gguf.tokenizer` for kinds that are not supported and for lists that do not fit together.
    init(_ file: GGUFFile) throws(ONNXError) {
        func required(_ name: String) throws(ONNXError) -> [String] {
            let key = "tokenizer.ggml.\(name)"
            return try file.required(key, file.strings(key))
        }
        let model = try file.string("tokenizer.ggml.model") ?? "none"
        guard model == "gpt2" else {
            throw ONNXError(
                "gguf.tokenizer",
                "The tokenizer \"\(model)\" is not supported; byte-level BPE (\"gpt2\") is.")
        }
        preTokenizer = try GGUFPreTokenizer(named: file.string("tokenizer.ggml.pre") ?? "gpt-2")
        let tokens = try required("tokens")
        guard !tokens.isEmpty, Set(tokens).count == tokens.count else {
            throw ONNXError("gguf.tokenizer", "The vocabulary is empty or holds a token twice.")
        }
        self.tokens = tokens
        merges = try Self.pairs(required("merges"))
        addedTokens = try Self.addedTokens(
            file.integers("tokenizer.ggml.token_type"), count: tokens.count)
        func token(_ name: String) throws(ONNXError) -> Int? {
            try file.integer("tokenizer.ggml.\(name)_token_id", in: 0...tokens.count - 1)
        }
        beginToken = try token("bos")
        var ends: [Int] = []
        for name in ["eos", "eot", "eom"] {
            if let end = try token(name), !ends.contains(end) { ends.append(end) }
        }
        endTokens = ends
        paddingToken = try token("padding")
        unknownToken = try token("unknown")
        chatTemplate = try file.string("tokenizer.chat_template")
        addsBeginToken = try file.bool("tokenizer.ggml.add_bos_token") ?? false
    }

    private static func pairs(_ merges: [String]) throws(ONNXError) -> [(String, String)] {
        var pairs: [(String, String)] = []
        pairs.reserveCapacity(merges.count)
        for (index, merge) in merges.enumerated() {
            // Searching after the first character keeps a leading space, should one be part of the left side.
            let start = merge.index(merge.startIndex, offsetBy: 1, limitedBy: merge.endIndex)
            guard let start, let space = merge[start...].firstIndex(of: " "),
                merge.index(after: space) < merge.endIndex
            else {
                throw ONNXError("gguf.tokenizer", "Merge \(index), \"\(merge)\", is not a pair.")
            }
            pairs.append((String(merge[..<space]), String(merge[merge.index(after: space)...])))
        }
        return pairs
    }

    private static func addedTokens(_ types: [Int]?, count: Int) throws(ONNXError)
        -> [(id: Int, isSpecial: Bool)]
    {
        guard let types else { return [] }
        guard types.count == count else {
            throw ONNXError("gguf.tokenizer", "There are \(types.count) token types for \(count) tokens.")
        }
        return types.enumerated().compactMap { id, type in
            switch type {
            case Kind.control, Kind.unknown: (id, true)
            case Kind.userDefined: (id, false)
            default: nil
            }
        }
    }

    /// `tokenizer.json`.
    var tokenizerJSON: JSONOutput {
        [
            "version": "1.0", "truncation": .null, "padding": .null,
            "added_tokens": .array(
                addedTokens.map { id, isSpecial in
                    [
                        "id": .int(id), "content": .string(tokens[id]), "single_word": false,
                        "lstrip": false, "rstrip": false, "normalized": false, "special": .bool(isSpecial),
                    ]
                }),
            "normalizer": preTokenizer.normalizer, "pre_tokenizer": preTokenizer.json,
            "post_processor": postProcessor,
            "decoder": [
                "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true,
            ],
            "model": [
                "type": "BPE", "dropout": .null, "unk_token": .null, "continuing_subword_prefix": .null,
                "end_of_word_suffix": .null, "fuse_unk": false, "byte_fallback": false,
                "ignore_merges": .bool(preTokenizer.ignoresMerges),
                "vocab": .object(tokens.enumerated().map { ($0.element, .int($0.offset)) }),
                "merges": .array(merges.map { [.string($0.0), .string($0.1)] }),
            ],
        ]
    }

    private var postProcessor: JSONOutput {
        guard addsBeginToken, let beginToken else { return .null }
        let name = JSONOutput.string(tokens[beginToken])
        let begin: JSONOutput = ["SpecialToken": ["id": name, "type_id": 0]]
        func sequence(_ id: String, _ type: Int) -> JSONOutput {
            ["Sequence": ["id": .string(id), "type_id": .int(type)]]
        }
        let special: JSONOutput = ["id": name, "ids": [.int(beginToken)], "tokens": [name]]
        return [
            "type": "TemplateProcessing", "single": [begin, sequence("A", 0)],
            "pair": [begin, sequence("A", 0), sequence("B", 1)],
            "special_tokens": .object([(tokens[beginToken], special)]),
        ]
    }

    /// `tokenizer_config.json`, with the chat template.
    func configurationJSON(contextLength: Int) -> JSONOutput {
        var members: [(String, JSONOutput)] = [
            ("add_bos_token", .bool(addsBeginToken)), ("add_prefix_space", false),
            (
                "added_tokens_decoder",
                .object(
                    addedTokens.map { id, isSpecial in
                        let content: JSONOutput = [
                            "content": .string(tokens[id]), "lstrip": false, "normalized": false,
                            "rstrip": false, "single_word": false, "special": .bool(isSpecial),
                        ]
                        return (String(id), content)
                    })
            ),
        ]
        members += specialTokens.map { ($0.0, .string($0.1)) }
        if let chatTemplate { members.append(("chat_template", .string(chatTemplate))) }
        members.append(("clean_up_tokenization_spaces", false))
        members.append(("model_max_length", .int(contextLength)))
        members.append(("tokenizer_class", .string(preTokenizer.tokenizerClass)))
        return .object(members)
    }

    /// `special_tokens_map.json`.
    var specialTokensJSON: JSONOutput { .object(specialTokens.map { ($0.0, .string($0.1)) }) }

    private var specialTokens: [(String, String)] {
        [
            ("bos_token", beginToken), ("eos_token", endTokens.first), ("pad_token", paddingToken),
            ("unk_token", unknownToken),
        ].compactMap { name, id in id.map { (name, tokens[$0]) } }
    }
}
