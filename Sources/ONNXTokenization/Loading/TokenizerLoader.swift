// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

/// Reads a `tokenizer.json`.
struct TokenizerLoader {
    /// What a tokenizer is made of.
    struct Parts {
        var model: WordModel
        var normalizer: Normalizer
        var preTokenizer: PreTokenizer
        var postProcessor: PostProcessor
        var decoderSteps: [DecoderStep]
        var added: AddedVocabulary
        var limits: TokenizerLimits
    }

    let limits: TokenizerLimits
    var addedTokens: [AddedToken] = []
    var normalizer = Normalizer()
    var preTokenizer = PreTokenizer()
    var postProcessor = PostProcessor()
    var decoderSteps: [DecoderStep]?
    var modelFields: [String: JSONValue] = [:]
    var tokens: TokenTable?
    var merges: MergeTable?
    /// The prefix that the merges were read with.
    var mergesAffix: [UInt8] = []
    var scores: [Double] = []
    /// Whether added tokens that are looked for in normalised text are spelled as it is.
    var addedTokensAreNormalized = false
    var hasModel = false

    static func load(path: String, limits: TokenizerLimits) throws(ONNXError) -> Parts {
        try withFile(path, limits: limits) { (bytes) throws(ONNXError) in
            let isModel = path.hasSuffix(".model")
            return isModel ? try load(sentencePiece: bytes, limits: limits) : try load(bytes, limits: limits)
        }
    }

    /// Reads a file and names it in what `body` throws.
    static func withFile<R>(
        _ path: String, limits: TokenizerLimits, _ body: (UnsafeRawBufferPointer) throws(ONNXError) -> R
    ) throws(ONNXError) -> R {
        do throws(ONNXError) {
            return try FileBytes.withBytes(
                of: path, byteLimit: limits.fileBytes, tooLarge: "tokenizer.too_large", body)
        } catch {
            guard error.code == "file.missing" else { throw error.adding("file \"\(path)\"") }
            throw ONNXError("tokenizer.missing", "there is no tokenizer: " + error.message)
        }
    }

    static func load(_ bytes: UnsafeRawBufferPointer, limits: TokenizerLimits) throws(ONNXError) -> Parts {
        var loader = TokenizerLoader(limits: limits)
        try parse(bytes, limits: limits) { (reader) throws(ONNXError) in try loader.read(&reader) }
        return try loader.finish()
    }

    /// Reads JSON, with errors as a tokenizer's.
    static func parse(
        _ bytes: UnsafeRawBufferPointer, limits: TokenizerLimits,
        _ body: (inout JSONReader) throws(ONNXError) -> Void
    ) throws(ONNXError) {
        do throws(ONNXError) {
            var reader = try JSONReader(bytes, limits: JSONLimits(byteCount: limits.fileBytes))
            try body(&reader)
        } catch {
            switch error.code {
            case "json.too_large": throw ONNXError("tokenizer.too_large", error.message)
            case let code where code.rawValue.hasPrefix("json."):
                throw ONNXError("tokenizer.json", "the tokenizer cannot be read: " + error.message)
            default: throw error
            }
        }
    }

    private mutating func read(_ reader: inout JSONReader) throws(ONNXError) {
        try reader.beginObject()
        while try reader.nextKey() {
            if reader.keyEquals("model") {
                hasModel = true
                try readModel(&reader)
            } else if reader.keyEquals("added_tokens") {
                try readAddedTokens(&reader)
            } else if reader.keyEquals("normalizer") {
                normalizer = Normalizer(steps: try Self.normalizerSteps(try reader.readValue()))
            } else if reader.keyEquals("pre_tokenizer") {
                preTokenizer = try Self.preTokenizer(try reader.readValue())
            } else if reader.keyEquals("post_processor") {
                postProcessor = try Self.postProcessor(try reader.readValue())
            } else if reader.keyEquals("decoder") {
                let value = try reader.readValue()
                decoderSteps = value.isNull ? nil : try Self.decoderSteps(value)
            } else {
                try reader.skipValue()
            }
        }
        try reader.finish()
    }

    consuming func finish(hasFiles: Bool = false) throws(ONNXError) -> Parts {
        guard hasModel || hasFiles else {
            throw ONNXError("tokenizer.invalid", "the tokenizer has no `model`")
        }
        var loader = self
        // Words that are spelled with the byte-level alphabet are the work of BPE alone.
        if loader.modelType != "BPE" { loader.preTokenizer.spellBytes() }
        return try loader.parts(try loader.makeModel())
    }

    /// What was read, around a model.
    consuming func parts(_ model: WordModel) throws(ONNXError) -> Parts {
        Parts(
            model: model, normalizer: normalizer, preTokenizer: preTokenizer, postProcessor: postProcessor,
            decoderSteps: decoderSteps ?? [.spaced],
            added: AddedVocabulary(
                addedTokens, model: model.tokens,
                normalizer: addedTokensAreNormalized ? Normalizer() : normalizer), limits: limits)
    }

    /// The `type` of a part of the tokenizer.
    static func type(of value: JSONValue, _ part: String) throws(ONNXError) -> String {
        guard let type = value["type"]?.stringValue else {
            throw ONNXError(
                "tokenizer.invalid", "the tokenizer's \(part) has no `type`; it is \(value.kindName)")
        }
        return type
    }

    /// A field that must be there, as `read` sees it.
    static func field<T>(
        _ name: String, of value: JSONValue, _ part: String, _ read: (JSONValue) -> T?
    ) throws(ONNXError) -> T {
        guard let field = value[name], let result = read(field) else {
            throw ONNXError("tokenizer.invalid", "the tokenizer's \(part) lacks a valid `\(name)`")
        }
        return result
    }

    static func unsupported(_ part: String, _ type: String) -> ONNXError {
        ONNXError("tokenizer.unsupported", "the tokenizer's \(part) \"\(type)\" is not supported")
    }
}
