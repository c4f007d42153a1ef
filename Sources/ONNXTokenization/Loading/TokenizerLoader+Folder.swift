// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

extension TokenizerLoader {
    /// Reads the tokenizer of a model's folder: `tokenizer.json`, else `vocab.json` with `merges.txt`, else
    /// `tokenizer.model`, the latter two with what `tokenizer_config.json` says about them.
    static func load(folder: String, limits: TokenizerLimits) throws(ONNXError) -> Parts {
        func path(_ name: String) -> String { folder.hasSuffix("/") ? folder + name : folder + "/" + name }
        if FileBytes.isRegularFile(path("tokenizer.json")) {
            return try load(path: path("tokenizer.json"), limits: limits)
        }
        var settings = JSONValue.null
        if FileBytes.isRegularFile(path("tokenizer_config.json")) {
            try withFile(path("tokenizer_config.json"), limits: limits) { (bytes) throws(ONNXError) in
                try parse(bytes, limits: limits) { (reader) throws(ONNXError) in
                    settings = try reader.readValue()
                }
            }
        }
        let configuration = TokenizerConfiguration(settings)
        if FileBytes.isRegularFile(path("vocab.json")) {
            let vocabulary = path("vocab.json")
            return try withFile(path("merges.txt"), limits: limits) { (merges) throws(ONNXError) in
                try withFile(vocabulary, limits: limits) { (bytes) throws(ONNXError) in
                    try load(vocabulary: bytes, merges: merges, configuration, limits: limits)
                }
            }
        }
        guard FileBytes.isRegularFile(path("tokenizer.model")) else {
            throw ONNXError(
                "tokenizer.missing",
                "\"\(folder)\" has no tokenizer.json, no vocab.json with merges.txt, and no tokenizer.model; download one of "
                    + "them from the same repository")
        }
        return try withFile(path("tokenizer.model"), limits: limits) { (bytes) throws(ONNXError) in
            let ends = try configuration.ends { (content) throws(ONNXError) in
                try SentencePieceModel(bytes, limits: limits).id(of: content)
            }
            return try load(
                sentencePiece: bytes, limits: limits, prefixesFirstOnly: configuration.isLegacy == false,
                postProcessor: ends)
        }
    }

    /// Builds a byte-level tokenizer as the reference converts the files of its older form.
    private static func load(
        vocabulary: UnsafeRawBufferPointer, merges: UnsafeRawBufferPointer,
        _ configuration: TokenizerConfiguration,
        limits: TokenizerLimits
    ) throws(ONNXError) -> Parts {
        var loader = TokenizerLoader(limits: limits)
        switch configuration.className {
        case nil, "GPT2Tokenizer":
            loader.preTokenizer.steps = [.split(.words(.gpt2), .isolated, inverted: false)]
        case "Qwen2Tokenizer":
            var words = WordPattern.cl100k
            words.digitLimit = 1
            loader.preTokenizer.steps = [.split(.words(words), .isolated, inverted: false)]
            loader.normalizer = Normalizer(steps: [.form(.composed)])
        case let name?: throw unsupported("class", name)
        }
        if configuration.addsPrefixSpace { loader.preTokenizer.steps.insert(.prefixSpace, at: 0) }
        loader.preTokenizer.isByteLevel = true
        loader.decoderSteps = [.byteLevel]
        try parse(vocabulary, limits: limits) { (reader) throws(ONNXError) in
            try loader.readVocabulary(&reader)
            try reader.finish()
        }
        try loader.readMerges(text: merges)
        loader.addedTokens = try configuration.addedTokens(limits: limits)
        if let tokens = loader.tokens {
            for content in configuration.specialTokens {
                guard
                    !loader.addedTokens.contains(where: {
                        ByteExactString($0.content) == ByteExactString(content)
                    })
                else { continue }
                let id = Int(tokens.find(Array(content.utf8)))
                guard id >= 0 else { continue }
                loader.addedTokens.append(TokenizerConfiguration.special(id, content))
            }
            loader.postProcessor = try configuration.ends { content in
                if let added = loader.addedTokens.first(where: { $0.content == content }) { return added.id }
                let id = tokens.find(Array(content.utf8))
                return id >= 0 ? Int(id) : nil
            }
        }
        return try loader.finish(hasFiles: true)
    }

    /// Reads the lines of a `merges.txt`.
    private mutating func readMerges(text: UnsafeRawBufferPointer) throws(ONNXError) {
        guard let tokens else { return }
        var list = MergeList(tokens)
        for line in text.split(separator: 0x0A) {
            var both = Array(line)
            if both.last == 0x0D { both.removeLast() }
            let count = list.count
            if both.isEmpty || count == 0 && both.starts(with: Array("#version".utf8)) { continue }
            guard count < limits.merges else {
                throw ONNXError("tokenizer.too_large", "there are more than \(limits.merges) merges")
            }
            let split = try Self.splitPair(&both, number: count)
            list.append(both, split: split)
        }
        merges = try list.table()
    }
}
