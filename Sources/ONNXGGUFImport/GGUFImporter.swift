// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors
import ONNXExport

/// Turns a GGUF file into a model folder that this package and onnxruntime-genai run.
///
///     let importer = GGUFImporter(source: "SmolLM2-135M-Instruct.Q4_1.gguf")
///     try importer.write(to: "models/smollm2-135m-instruct")
public struct GGUFImporter: Sendable {
    /// How to import.
    public struct Options: Sendable {
        public var recipe: QuantizationRecipe
        /// Threads that quantise.
        public var threads: Int
        /// Whether a folder of the same name may be replaced.
        public var overwrites: Bool

        public init(recipe: QuantizationRecipe = .balanced, threads: Int = 2, overwrites: Bool = false) {
            self.recipe = recipe
            self.threads = threads
            self.overwrites = overwrites
        }
    }

    public let source: String

    /// - Parameter source: the path of the GGUF file; it is opened by ``write(to:options:progress:)``.
    public init(source: String) { self.source = source }

    /// Writes the model folder; it appears under its name complete or not at all.
    ///
    /// - Parameters:
    ///   - folder: the folder's path; its parent must exist.
    ///   - progress: called now and then with the fraction done and a word on what is being done.
    /// - Throws: `gguf.*` for files that are broken or not supported, `io.exists`, `io.no_space`, and other
    ///   `io.*` errors.
    /// - Complexity: O(weights), of which a few megabytes are in memory at a time.
    public func write(
        to folder: String, options: Options = Options(),
        progress: @Sendable (Double, String) -> Void = { _, _ in }
    ) throws(ONNXError) {
        progress(0, "reading")
        let file = try GGUFFile(path: source)
        do {
            try write(file, to: folder, options: options, progress: progress)
        } catch {
            throw error.code.rawValue.hasPrefix("gguf.") ? error.adding("\"\(source)\"") : error
        }
        progress(1, "done")
    }

    private func write(
        _ file: GGUFFile, to folder: String, options: Options, progress: @Sendable (Double, String) -> Void
    ) throws(ONNXError) {
        let decoder = try GGUFDecoder(file)
        let tokenizer = try GGUFTokenizer(file)
        var configuration = decoder.configuration
        guard tokenizer.tokens.count <= configuration.vocabularySize else {
            throw ONNXError(
                "gguf.tokenizer",
                "The tokenizer has \(tokenizer.tokens.count) tokens, the embedding \(configuration.vocabularySize) rows."
            )
        }
        configuration.beginToken = tokenizer.beginToken
        configuration.endTokens = tokenizer.endTokens
        configuration.paddingToken = tokenizer.paddingToken ?? tokenizer.endTokens.first
        let recipe = options.recipe
        let graph = try DecoderGraphBuilder.build(configuration, generation: .v018) {
            recipe.format($0, layerCount: configuration.layerCount)
        }
        let writer = try ModelFolderWriter(model: graph.model, external: graph.external)
        var files: [(String, [UInt8])] = [
            ("tokenizer.json", tokenizer.tokenizerJSON.bytes),
            (
                "tokenizer_config.json",
                tokenizer.configurationJSON(contextLength: configuration.contextLength).bytes
            ),
            ("special_tokens_map.json", tokenizer.specialTokensJSON.bytes),
            ("config.json", DecoderFolder.modelConfiguration(configuration).bytes),
            (
                "genai_config.json",
                DecoderFolder.genaiConfiguration(configuration, generation: .v018).bytes
            ),
        ]
        if let template = tokenizer.chatTemplate {
            files.append(("chat_template.jinja", Array(template.utf8)))
        }
        let needed = files.reduce(writer.neededBytes) { $0 + $1.1.count }
        let staged = try StagedFolder(
            finalPath: folder, overwrites: options.overwrites, neededBytes: needed)
        try writer.write(into: staged) { (sink) throws(ONNXError) in
            let filler = MatrixFiller(
                sink: sink, method: recipe.method, threads: max(1, min(options.threads, 256)))
            try fill(graph.parameters, decoder, sink, filler, progress)
        }
        for (name, bytes) in files { try staged.write(bytes, as: name) }
        try staged.commit()
    }

    private func fill(
        _ parameters: [DecoderParameter], _ decoder: GGUFDecoder, _ sink: ExternalDataSink,
        _ filler: MatrixFiller, _ progress: @Sendable (Double, String) -> Void
    ) throws(ONNXError) {
        var total = 1
        for case .matrix(let role, _, _, _, _) in parameters {
            let (rows, columns) = decoder.configuration.size(of: role)
            total += rows * columns
        }
        var done = 0
        for parameter in parameters {
            switch parameter {
            case .constant(let tensor, let index):
                try tensor.withBytes { (bytes) throws(ONNXError) in
                    try sink.write(bytes, tensor: index, at: 0)
                }
            case .vector(let role, let index):
                try filler.fill(decoder.rows(of: role), floats: index) { _ in }
            case .embedding(let index):
                try filler.fill(decoder.embeddingRows(), floats: index) { _ in }
            case .matrix(let role, let format, let weight, let scales, let zeroPoints):
                let isSearched = format.bits == 4 && filler.method == .search
                try filler.fill(
                    decoder.rows(of: role),
                    importance: isSearched ? InputImportance(decoder: decoder).estimate(role) : nil,
                    format: format, weight: weight, scales: scales,
                    zeroPoints: zeroPoints
                ) {
                    done += $0
                    progress(Double(done) / Double(total), "quantising")
                }
            }
        }
    }
}
