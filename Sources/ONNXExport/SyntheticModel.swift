// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors
import ONNXTensors

/// Model folders with random weights in the exact shape of real models, for measurements that need no answers.
///
///     try SyntheticModel.write(shape: "phi-4-mini", builder: .v07, to: "models/phi-4-mini-random")
public enum SyntheticModel {
    /// The shapes that ``write(shape:layers:builder:seed:to:overwrites:progress:)`` knows.
    public static let shapes = ["phi-4-mini", "small", "tiny"]

    /// Writes the graph, its data and `genai_config.json`; there is no tokenizer.
    ///
    /// Equal arguments give equal bytes.
    ///
    /// - Parameters:
    ///   - shape: one of ``shapes``.
    ///   - layers: decoder layers, where they are to differ from the shape's own number.
    ///   - builder: the generation of the model builder to follow.
    ///   - folder: the folder's path; its parent must exist.
    ///   - overwrites: whether a folder of that name may be replaced.
    ///   - progress: called now and then with the fraction done and a word on what is being done.
    /// - Throws: `synthesize.shape`, `synthesize.layers`, `io.exists`, `io.no_space`, and other `io.*` errors.
    /// - Complexity: O(weights); `phi-4-mini` takes 2.4 GB, or 4.9 GB for generation 0.7.
    public static func write(
        shape: String, layers: Int? = nil, builder: BuilderGeneration = .v018, seed: UInt64 = 0,
        to folder: String, overwrites: Bool = false,
        progress: @escaping @Sendable (Double, String) -> Void = { _, _ in }
    ) throws(ONNXError) {
        var configuration = try configuration(shape)
        if let layers {
            guard (1...1024).contains(layers) else {
                throw ONNXError("synthesize.layers", "\(layers) layers are not possible; 1 to 1024 are.")
            }
            configuration.layerCount = layers
        }
        let graph = try DecoderGraphBuilder.build(configuration, generation: builder) { _ in
            MatrixFormat(bits: 4, hasZeroPoints: false)
        }
        let writer = try ModelFolderWriter(model: graph.model, external: graph.external)
        let files = [
            ("config.json", DecoderFolder.modelConfiguration(configuration).bytes),
            (
                "genai_config.json",
                DecoderFolder.genaiConfiguration(configuration, generation: builder).bytes
            ),
        ]
        let staged = try StagedFolder(
            finalPath: folder, overwrites: overwrites,
            neededBytes: files.reduce(writer.neededBytes) { $0 + $1.1.count })
        try writer.write(into: staged) { (sink) throws(ONNXError) in
            var filler = SyntheticFiller(
                sink: sink, external: graph.external, configuration: configuration, seed: seed,
                progress: progress)
            for parameter in graph.parameters { try filler.fill(parameter) }
        }
        for (name, bytes) in files { try staged.write(bytes, as: name) }
        try staged.commit()
        progress(1, "done")
    }

    private static func configuration(_ shape: String) throws(ONNXError) -> DecoderConfiguration {
        switch shape {
        case "phi-4-mini": return phi4Mini
        case "small": return small
        case "tiny": return tiny
        default:
            throw ONNXError(
                "synthesize.shape",
                "There is no shape \"\(shape)\"; there are \(shapes.joined(separator: ", ")).")
        }
    }

    /// The divisors that Phi-4-mini publishes for contexts beyond 4,096: a geometric row, then measured ones.
    private static let longFactors: [Double] = {
        var factors: [Double] = []
        var factor = 1.0
        for _ in 0..<31 {
            factors.append(factor)
            factor *= 1.118320672
        }
        return factors + [
            32.03, 32.1, 32.13, 32.23, 32.6, 32.61, 32.64, 32.66, 32.7, 32.71, 32.93, 32.97, 33.28, 33.49,
            33.5, 44.16, 47.77,
        ]
    }()

    // The published window of 262,144 positions lies beyond the context and is left out.
    private static let phi4Mini = DecoderConfiguration(
        modelType: "phi3", architecture: "Phi3ForCausalLM", hiddenSize: 3072, intermediateSize: 8192,
        layerCount: 32, headCount: 24, keyValueHeadCount: 8, headSize: 128, vocabularySize: 200_064,
        normEpsilon: 1e-5,
        rotary: RotaryConfiguration(
            base: 10_000, dimension: 96,
            long: RotaryConfiguration.Long(
                shortFactors: [Double](repeating: 1, count: 48), longFactors: longFactors,
                originalContextLength: 4096)),
        contextLength: 131_072, tiesEmbeddings: true, beginToken: 199_999,
        endTokens: [200_020, 199_999], paddingToken: 199_999)

    /// Large enough that kernels outweigh the executor, small enough to be counted instruction by instruction.
    private static let small = DecoderConfiguration(
        modelType: "phi3", architecture: "Phi3ForCausalLM", hiddenSize: 512, intermediateSize: 1024,
        layerCount: 2, headCount: 8, keyValueHeadCount: 4, headSize: 64, vocabularySize: 2048,
        normEpsilon: 1e-5,
        rotary: RotaryConfiguration(
            base: 10_000, dimension: 48,
            long: RotaryConfiguration.Long(
                shortFactors: [Double](repeating: 1, count: 24), longFactors: Array(longFactors.prefix(24)),
                originalContextLength: 2048)),
        contextLength: 4096, tiesEmbeddings: true, beginToken: 1, endTokens: [2], paddingToken: 0)

    private static let tiny = DecoderConfiguration(
        modelType: "phi3", architecture: "Phi3ForCausalLM", hiddenSize: 128, intermediateSize: 192,
        layerCount: 2, headCount: 2, keyValueHeadCount: 1, headSize: 64, vocabularySize: 512,
        normEpsilon: 1e-5,
        rotary: RotaryConfiguration(
            base: 10_000, dimension: 48,
            long: RotaryConfiguration.Long(
                shortFactors: [Double](repeating: 1, count: 24), longFactors: Array(longFactors.prefix(24)),
                originalContextLength: 32)),
        contextLength: 128, tiesEmbeddings: true, beginToken: 1, endTokens: [2], paddingToken: 0)
}
