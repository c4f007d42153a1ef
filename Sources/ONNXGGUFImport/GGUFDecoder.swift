// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXExport

/// The decoder that a GGUF file holds: its configuration, and where the rows of its matrices stand.
struct GGUFDecoder {
    static let architectures = ["llama", "qwen2"]
    private static let sizes = 1...(1 << 24)

    let file: GGUFFile
    let configuration: DecoderConfiguration
    /// Whether the rows of query and key stand in the order of interleaved rotary pairs.
    let interleavesHeads: Bool

    /// Reads the configuration and checks that every tensor is there.
    ///
    /// - Throws: `gguf.architecture`, `gguf.unsupported`, and what the metadata readers throw.
    init(_ file: GGUFFile) throws(ONNXError) {
        let architectureKey = "general.architecture"
        let name = try file.required(architectureKey, file.string(architectureKey))
        guard Self.architectures.contains(name) else {
            throw ONNXError(
                "gguf.architecture",
                "Architecture \"\(name)\" is not supported; supported are \(Self.architectures.joined(separator: " and "))."
            )
        }
        try Self.refuseUnsupported(file, name)
        self.file = file
        interleavesHeads = name == "llama"
        configuration = try Self.configuration(file, name)
        try checkTensors()
    }

    private static func refuseUnsupported(_ file: GGUFFile, _ name: String) throws(ONNXError) {
        if let count = try file.integer("\(name).expert_count", in: 0...Int(Int32.max)), count > 0 {
            throw ONNXError("gguf.unsupported", "Mixtures of experts (\(count) experts) are not supported.")
        }
        let scaling = try file.string("\(name).rope.scaling.type") ?? "none"
        guard ["none", "linear"].contains(scaling) else {
            throw ONNXError(
                "gguf.unsupported", "Rotary scaling \"\(scaling)\" is not supported; \"linear\" is.")
        }
        if let window = try file.integer("\(name).attention.sliding_window", in: 0...Int(Int32.max)),
            window > 0
        {
            throw ONNXError("gguf.unsupported", "Sliding-window attention (\(window)) is not supported.")
        }
    }

    private static func configuration(_ file: GGUFFile, _ name: String) throws(ONNXError)
        -> DecoderConfiguration
    {
        func size(_ key: String) throws(ONNXError) -> Int {
            try file.required("\(name).\(key)", file.integer("\(name).\(key)", in: sizes))
        }
        let hidden = try size("embedding_length")
        let heads = try size("attention.head_count")
        let keyValueHeads = try file.integer("\(name).attention.head_count_kv", in: sizes) ?? heads
        guard heads % keyValueHeads == 0 else {
            throw ONNXError(
                "gguf.metadata_range",
                "\(heads) query heads cannot be shared evenly by \(keyValueHeads) key heads.")
        }
        let headSize = try file.integer("\(name).attention.key_length", in: sizes) ?? hidden / heads
        let valueSize = try file.integer("\(name).attention.value_length", in: sizes) ?? headSize
        let rotary = try file.integer("\(name).rope.dimension_count", in: sizes) ?? headSize
        guard headSize == valueSize, headSize % 16 == 0, headSize <= 1024, rotary == headSize else {
            throw ONNXError(
                "gguf.unsupported",
                "Heads of \(headSize) keys, \(valueSize) values and \(rotary) rotated elements are not supported; all three must be one multiple of 16."
            )
        }
        guard let embedding = file.tensors["token_embd.weight"], embedding.dimensions.count == 2,
            sizes.contains(embedding.dimensions[1])
        else {
            throw ONNXError("gguf.tensor_missing", "The file lacks a matrix \"token_embd.weight\".")
        }
        let epsilon = "\(name).attention.layer_norm_rms_epsilon"
        return DecoderConfiguration(
            modelType: name, architecture: name == "llama" ? "LlamaForCausalLM" : "Qwen2ForCausalLM",
            hiddenSize: hidden, intermediateSize: try size("feed_forward_length"),
            layerCount: try file.required(
                "\(name).block_count", file.integer("\(name).block_count", in: 1...1024)),
            headCount: heads, keyValueHeadCount: keyValueHeads, headSize: headSize,
            vocabularySize: embedding.dimensions[1],
            normEpsilon: Float(try file.required(epsilon, file.positive(epsilon))),
            rotary: try rotaryConfiguration(file, name, dimension: rotary),
            contextLength: try size("context_length"), tiesEmbeddings: file.tensors["output.weight"] == nil,
            hasQueryKeyValueBias: file.tensors["blk.0.attn_q.bias"] != nil)
    }

    private static func rotaryConfiguration(_ file: GGUFFile, _ name: String, dimension: Int)
        throws(ONNXError) -> RotaryConfiguration
    {
        var divisors = [Double](repeating: 1, count: dimension / 2)
        if try file.string("\(name).rope.scaling.type") == "linear" {
            let factor = try file.positive("\(name).rope.scaling.factor") ?? 1
            divisors = divisors.map { $0 * factor }
        }
        if file.tensors["rope_freqs.weight"] != nil {
            let (tensor, type) = try file.tensor("rope_freqs.weight", [dimension / 2])
            guard type == .f32 else {
                throw ONNXError("gguf.tensor_type", "Tensor \"rope_freqs.weight\" must be stored as F32.")
            }
            let source = file.bytes(of: tensor)
            for index in divisors.indices {
                let factor = source.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
                guard factor.isFinite, factor > 0 else {
                    throw ONNXError(
                        "gguf.not_finite", "Tensor \"rope_freqs.weight\" holds \(factor) at \(index).")
                }
                divisors[index] *= Double(factor)
            }
        }
        return RotaryConfiguration(
            base: try file.positive("\(name).rope.freq_base") ?? 10_000, dimension: dimension,
            divisors: divisors)
    }

    private func checkTensors() throws(ONNXError) {
        var roles: [MatrixRole] = [.head]
        var vectors: [VectorRole] = [.finalNorm]
        for layer in 0..<configuration.layerCount {
            roles += [
                .queryKeyValue(layer: layer), .attentionOutput(layer: layer), .gate(layer: layer),
                .up(layer: layer), .down(layer: layer),
            ]
            vectors += [.inputNorm(layer: layer), .postAttentionNorm(layer: layer)]
            if configuration.hasQueryKeyValueBias { vectors.append(.queryKeyValueBias(layer: layer)) }
        }
        for role in roles { _ = try rows(of: role) }
        for role in vectors { _ = try rows(of: role) }
        _ = try embeddingRows()
    }
}
