// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

extension TokenizerLoader {
    var modelType: String { modelFields["type"]?.stringValue ?? "BPE" }

    func makeModel() throws(ONNXError) -> WordModel {
        let type = modelType
        guard let tokens else {
            throw ONNXError("tokenizer.invalid", "the tokenizer's model lacks a valid `vocab`")
        }
        switch type {
        case "BPE": return WordModel(tokens: tokens, algorithm: .bytePairs(try bytePairs(tokens)))
        case "Unigram": return WordModel(tokens: tokens, algorithm: .unigram(try unigram(tokens)))
        case "WordPiece": return WordModel(tokens: tokens, algorithm: .wordPiece(try wordPiece(tokens)))
        case "WordLevel":
            let model = WordPieceModel(
                tokens: tokens, prefix: nil, longestWord: .max, unknownID: unknownID(tokens))
            return WordModel(tokens: tokens, algorithm: .wordPiece(model))
        default: throw Self.unsupported("model type", type)
        }
    }

    private func unknownID(_ tokens: TokenTable) -> Int32 {
        modelFields["unk_token"]?.stringValue.map { tokens.find(Array($0.utf8)) } ?? -1
    }

    private func bytePairs(_ tokens: TokenTable) throws(ONNXError) -> BPEModel {
        guard let merges else {
            throw ONNXError("tokenizer.invalid", "the tokenizer's model lacks `merges`")
        }
        let prefix = affix(Self.prefixName)
        guard prefix == mergesAffix else {
            throw ONNXError(
                "tokenizer.invalid", "the tokenizer's model has its `\(Self.prefixName)` behind its `merges`")
        }
        if let dropout = modelFields["dropout"]?.doubleValue, dropout != 0 {
            throw Self.unsupported("model setting", "dropout = \(dropout)")
        }
        return BPEModel(
            tokens: tokens, merges: merges, isByteLevel: preTokenizer.isByteLevel,
            ignoresMerges: modelFields["ignore_merges"]?.boolValue ?? false,
            fusesUnknown: modelFields["fuse_unk"]?.boolValue ?? false, unknownID: unknownID(tokens),
            hasByteFallback: modelFields["byte_fallback"]?.boolValue ?? false,
            affixes: WordAffixes(
                prefix: prefix, suffix: affix("end_of_word_suffix")))
    }

    static let prefixName = "continuing_subword_prefix"

    func affix(_ name: String) -> [UInt8] { Array((modelFields[name]?.stringValue ?? "").utf8) }

    private func unigram(_ tokens: TokenTable) throws(ONNXError) -> UnigramModel {
        guard scores.count == tokens.count, !scores.isEmpty else {
            throw ONNXError(
                "tokenizer.invalid", "the Unigram model's `vocab` is not a list of pieces with scores")
        }
        let unknown = modelFields["unk_id"]?.intValue ?? -1
        guard unknown < scores.count, unknown >= -1 else {
            throw ONNXError(
                "tokenizer.bad_id",
                "the Unigram model's unknown token \(unknown) lies outside its \(scores.count) pieces")
        }
        return UnigramModel(
            tokens: tokens, scores: scores, unknownID: unknown,
            hasByteFallback: modelFields["byte_fallback"]?.boolValue ?? false, precision: .double)
    }

    private func wordPiece(_ tokens: TokenTable) throws(ONNXError) -> WordPieceModel {
        let prefix = modelFields["continuing_subword_prefix"]?.stringValue ?? "##"
        let longest = modelFields["max_input_chars_per_word"]?.intValue ?? 100
        guard (0...1000).contains(longest) else {
            throw Self.unsupported("model setting", "max_input_chars_per_word = \(longest)")
        }
        return WordPieceModel(
            tokens: tokens, prefix: Array(prefix.utf8), longestWord: longest, unknownID: unknownID(tokens))
    }
}
