// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXExport

/// The way a GGUF file's `tokenizer.ggml.pre` splits text before merging, in the words of `tokenizer.json`.
enum GGUFPreTokenizer: String, CaseIterable {
    case gpt2 = "gpt-2"
    case smollm
    case llama3 = "llama-bpe"
    case qwen2

    /// - Throws: `gguf.tokenizer` for a name that is not supported.
    init(named name: String) throws(ONNXError) {
        guard let value = GGUFPreTokenizer(rawValue: name) else {
            let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw ONNXError(
                "gguf.tokenizer",
                "The pre-tokenizer \"\(name)\" is not supported; supported are \(known).")
        }
        self = value
    }

    private static let llama3Pattern =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    private static let qwen2Pattern =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

    var json: JSONOutput {
        switch self {
        case .gpt2: Self.byteLevel(splits: true)
        case .smollm:
            [
                "type": "Sequence",
                "pretokenizers": [
                    ["type": "Digits", "individual_digits": true], Self.byteLevel(splits: true),
                ],
            ]
        case .llama3: Self.split(Self.llama3Pattern)
        case .qwen2: Self.split(Self.qwen2Pattern)
        }
    }

    var normalizer: JSONOutput { self == .qwen2 ? ["type": "NFC"] : .null }

    /// Whether a word that is a token as a whole needs no merges.
    var ignoresMerges: Bool { self == .llama3 }

    /// The class that `tokenizer_config.json` names.
    var tokenizerClass: String {
        switch self {
        case .gpt2, .smollm: "GPT2Tokenizer"
        case .llama3: "PreTrainedTokenizerFast"
        case .qwen2: "Qwen2Tokenizer"
        }
    }

    static func byteLevel(splits: Bool) -> JSONOutput {
        ["type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": .bool(splits)]
    }

    private static func split(_ pattern: String) -> JSONOutput {
        [
            "type": "Sequence",
            "pretokenizers": [
                [
                    "type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": "Isolated",
                    "invert": false,
                ],
                byteLevel(splits: false),
            ],
        ]
    }
}
