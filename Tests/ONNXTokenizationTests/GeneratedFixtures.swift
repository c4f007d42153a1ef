// SPDX-License-Identifier: Apache-2.0
import ONNXJSON

/// Where the tokenizers of the tests are.
enum GeneratedFixtures {
    /// Real vocabularies, which `Scripts/tokenizers.sh` makes out of packages and git ignores.
    static let real = ["phi4-mini", "cl100k-llama3", "cl100k-qwen2", "cl100k"]

    /// Trained by `make_small_tokenizers.py`.
    static let trained = [
        "gpt2", "digits-then-words", "digit-runs", "llama3", "qwen2", "o200k", "split-behaviours",
        "llama2", "llama2-metaspace", "metaspace-words", "gemma", "no-bytes", "phi3", "mistral", "deepseek",
        "deepseek-coder", "odd-patterns", "unigram-t5", "unigram-bytes", "unigram-albert", "bert",
        "bert-cased",
        "word-level", "clip", "word-ends", "spelled", "falcon", "unigram-spelled",
    ]

    /// Trained by `make_sentencepiece.py`.
    static let models = ["spm-llama", "spm-gemma", "spm-t5", "spm-unigram-bytes"]

    static let folder = fixturesFolder + "/.generated/tokenizers"

    /// The file of a trained tokenizer.
    static func path(of name: String) -> String { "\(fixturesFolder)/tokenizers/\(name).tokenizer.json" }

    static func modelPath(of name: String) -> String { "\(fixturesFolder)/tokenizers/\(name).model" }

    static func exists(_ path: String) -> Bool { FileBytes.isRegularFile(path) }

    static var fixturesFolder: String {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(2).joined(separator: "/") + "/Fixtures"
    }
}

/// Strings compared by their bytes; Swift's own equality takes canonical equivalents for one.
func sameBytes(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
