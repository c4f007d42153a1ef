// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors
import ONNXJSON

/// A tokenizer read from a `tokenizer.json` or from the files that came before it.
///
/// It is immutable and can be used from any number of threads at once. Ids equal those of Hugging Face's
/// `tokenizers` for the same file; what this type cannot do exactly is refused when loading.
///
///     let tokenizer = try Tokenizer(contentsOf: "models/smollm2-135m-instruct/tokenizer.json")
///     let ids = try tokenizer.encode("Hello there")
///     print(try tokenizer.decode(ids))  // Hello there
///     print(tokenizer.vocabularySize <= tokenizer.idBound)  // true
///     print(tokenizer.addedTokens.count { $0.isSpecial }, "special tokens")
public final class Tokenizer: Sendable {
    let model: WordModel
    let normalizer: Normalizer
    let preTokenizer: PreTokenizer
    let postProcessor: PostProcessor
    let decoderSteps: [DecoderStep]
    let limits: TokenizerLimits
    let added: AddedVocabulary

    /// The tokens that are looked for before the model sees the text, by id.
    public let addedTokens: [AddedToken]

    /// How many different tokens there are, added ones included.
    public let vocabularySize: Int

    /// One above the highest id.
    public let idBound: Int

    init(_ parts: TokenizerLoader.Parts) {
        model = parts.model
        normalizer = parts.normalizer
        preTokenizer = parts.preTokenizer
        postProcessor = parts.postProcessor
        decoderSteps = parts.decoderSteps
        limits = parts.limits
        added = parts.added
        addedTokens = parts.added.byID.values.sorted { $0.id < $1.id }
        let tokens = parts.model.tokens
        vocabularySize = tokens.count + addedTokens.count { tokens.bytes(of: $0.id) == nil }
        idBound = max(tokens.idBound, (addedTokens.last?.id ?? -1) + 1)
    }

    /// Reads a `tokenizer.json`, or, where the path ends in `.model`, a `tokenizer.model` of SentencePiece.
    ///
    /// - Throws: `tokenizer.missing`; `tokenizer.json` for malformed JSON (with line and column), `tokenizer.too_large` past
    ///   a limit, `tokenizer.unsupported` and `tokenizer.regex_unsupported` naming what this type does not know,
    ///   `tokenizer.duplicate_token`, `tokenizer.duplicate_id`, `tokenizer.bad_id`, `tokenizer.bad_merge` and
    ///   `tokenizer.invalid` for a vocabulary that contradicts itself; each naming the file.
    /// - Complexity: O(n) in the bytes.
    public convenience init(contentsOf path: String, limits: TokenizerLimits = TokenizerLimits())
        throws(ONNXError)
    {
        self.init(try TokenizerLoader.load(path: path, limits: limits))
    }

    /// Reads the tokenizer of a model's folder: its `tokenizer.json`; else `vocab.json` with `merges.txt` (byte-level BPE
    /// of the classes `GPT2Tokenizer` and `Qwen2Tokenizer`); else `tokenizer.model`.
    ///
    ///     print(try Tokenizer(folder: "models/smollm2-135m-instruct").vocabularySize > 0)  // true
    ///
    /// - Throws: `tokenizer.missing` where there is none of them, and what ``init(contentsOf:limits:)`` throws.
    public convenience init(folder path: String, limits: TokenizerLimits = TokenizerLimits())
        throws(ONNXError)
    {
        self.init(try TokenizerLoader.load(folder: path, limits: limits))
    }

    /// Whether ``init(folder:limits:)`` finds files to read in a folder.
    package static func isThere(folder: String) -> Bool {
        [["tokenizer.json"], ["vocab.json", "merges.txt"], ["tokenizer.model"]].contains { names in
            names.allSatisfy { FileBytes.isRegularFile(folder + "/" + $0) }
        }
    }

    /// Reads the text of a `tokenizer.json`, which is not needed afterwards.
    ///
    /// - Throws: `tokenizer.json` for malformed JSON (with line and column), `tokenizer.too_large` past a limit,
    ///   `tokenizer.unsupported` and `tokenizer.regex_unsupported` naming what this type does not know,
    ///   `tokenizer.duplicate_token`, `tokenizer.duplicate_id`, `tokenizer.bad_id`, `tokenizer.bad_merge` and
    ///   `tokenizer.invalid` for a vocabulary that contradicts itself.
    /// - Complexity: O(n) in the bytes.
    package convenience init(
        json bytes: UnsafeRawBufferPointer, limits: TokenizerLimits = TokenizerLimits()
    ) throws(ONNXError) {
        self.init(try TokenizerLoader.load(bytes, limits: limits))
    }

    /// The id of a token by its spelling in the vocabulary, or nil.
    ///
    /// Byte-level vocabularies spell bytes with printable characters: a space is `Ġ`.
    ///
    ///     let tokenizer = try Tokenizer(folder: "models/smollm2-135m-instruct")
    ///     print(tokenizer.tokenID(of: "Ġthe") == nil)  // false
    ///     print(tokenizer.tokenID(of: "no such token") == nil)  // true
    public func tokenID(of token: String) -> Int? {
        let bytes = Array(token.utf8)
        if let id = added.ids[bytes] { return id }
        let id = model.tokens.find(bytes)
        return id >= 0 ? Int(id) : nil
    }

    /// A token's spelling in the vocabulary, or nil where no token has the id.
    ///
    ///     let tokenizer = try Tokenizer(folder: "models/smollm2-135m-instruct")
    ///     let id = tokenizer.tokenID(of: "Ġthe") ?? 0
    ///     print(tokenizer.token(of: id) ?? "none")  // Ġthe
    public func token(of id: Int) -> String? {
        if let token = added.byID[id] { return token.content }
        guard let bytes = model.tokens.bytes(of: id) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether the token is left out of decoded text on request.
    ///
    ///     let tokenizer = try Tokenizer(folder: "models/smollm2-135m-instruct")
    ///     print(tokenizer.isSpecial(0))  // true
    ///     print(tokenizer.isSpecial(tokenizer.tokenID(of: "Ġthe") ?? 0))  // false
    public func isSpecial(_ id: Int) -> Bool { added.byID[id]?.isSpecial ?? false }
}
