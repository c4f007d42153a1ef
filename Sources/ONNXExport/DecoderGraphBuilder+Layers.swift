// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors

extension DecoderGraphBuilder {
    static let microsoft = "com.microsoft"

    mutating func makeVector(_ role: VectorRole, _ name: String) throws(ONNXError) -> String {
        let tensor = try reserve(name, .float32, [configuration.size(of: role)])
        parameters.append(.vector(role, tensor: tensor))
        return name
    }

    /// The three tensors of a quantised matrix under the names that the builder gives them.
    mutating func reserveMatrix(_ role: MatrixRole, _ basename: String) throws(ONNXError) -> [String] {
        var format = format(role)
        if generation == .v07 { format.hasZeroPoints = false }
        let (rows, columns) = configuration.size(of: role)
        let block = MatrixFormat.blockSize
        let blocks = (columns + block - 1) / block
        let weight = "\(basename.dropFirst().replacing("/", with: ".")).weight"
        let isPlain = generation == .v07 || usesPlainNames
        let names = [
            isPlain ? "\(weight)_Q\(format.bits)" : "\(weight)_Q\(format.bits)G\(block)",
            isPlain ? "\(weight)_scales" : "\(weight)_scale", "\(weight)_zp",
        ]
        let scales = try reserve(
            names[1], .float32, generation == .v07 ? [rows * blocks] : [rows, blocks])
        var zeroPoints: Int?
        if format.hasZeroPoints {
            zeroPoints = try reserve(names[2], .uint8, [rows, (blocks * format.bits + 7) / 8])
        }
        let data = try reserve(names[0], .uint8, [rows, blocks, block * format.bits / 8])
        parameters.append(
            .matrix(role, format, weight: data, scales: scales, zeroPoints: zeroPoints))
        return format.hasZeroPoints ? names : Array(names.prefix(2))
    }

    /// The builder's default method has no zero points and other names than its refined ones.
    private var usesPlainNames: Bool { !format(.head).hasZeroPoints && format(.head).bits == 4 }

    mutating func makeMatrix(
        _ role: MatrixRole, _ basename: String, input: String, weights: [String]? = nil,
        output: String? = nil
    ) throws(ONNXError) -> String {
        let (rows, columns) = configuration.size(of: role)
        let names = if let weights { weights } else { try reserveMatrix(role, basename) }
        let matrix = format(role)
        return add(
            "MatMulNBits", "\(basename)_Q\(matrix.bits)", domain: Self.microsoft, inputs: [input] + names,
            outputs: [output ?? "\(basename)/output_0"],
            attributes: [
                "K": .int(columns), "N": .int(rows), "bits": .int(matrix.bits),
                "block_size": .int(MatrixFormat.blockSize), "accuracy_level": .int(matrix.accuracyLevel),
            ], type: hidden(rows))
    }

    /// The normalised sum of residual and update, and the sum itself.
    private mutating func makeNorm(
        _ role: VectorRole, _ basename: String, residual: String, update: String, isLast: Bool = false
    ) throws(ONNXError) -> (normalized: String, sum: String) {
        let weight = try makeVector(role, "\(basename.dropFirst().replacing("/", with: ".")).weight")
        let epsilon = Attribute.float(configuration.normEpsilon)
        let normalized = "\(basename)/output_0"
        if update.isEmpty {
            add(
                "SimplifiedLayerNormalization", "\(basename)/LayerNorm", inputs: [residual, weight],
                outputs: [normalized],
                attributes: ["epsilon": epsilon, "axis": .int(-1), "stash_type": .int(1)],
                type: hidden(configuration.hiddenSize))
            return (normalized, residual)
        }
        let sum = "\(basename)/output_3"
        add(
            "SkipSimplifiedLayerNormalization", "\(basename)/SkipLayerNorm", domain: Self.microsoft,
            inputs: [residual, update, weight],
            outputs: isLast ? [normalized] : [normalized, "", "", sum], attributes: ["epsilon": epsilon],
            type: hidden(configuration.hiddenSize))
        if !isLast { valueTypes[sum] = hidden(configuration.hiddenSize) }
        return (normalized, sum)
    }

    mutating func makeLayer(_ layer: Int, residual: String, update: String) throws(ONNXError)
        -> (residual: String, update: String)
    {
        let base = "/model/layers.\(layer)"
        let (input, sum) = try makeNorm(
            .inputNorm(layer: layer), "\(base)/input_layernorm", residual: residual, update: update)
        let attention = try makeAttention(layer, "\(base)/attn", input: input)
        let (normalized, next) = try makeNorm(
            .postAttentionNorm(layer: layer), "\(base)/post_attention_layernorm", residual: sum,
            update: attention)
        let mlp = "\(base)/mlp"
        let inner = hidden(configuration.intermediateSize)
        let gate = try makeMatrix(.gate(layer: layer), "\(mlp)/gate_proj/MatMul", input: normalized)
        let up = try makeMatrix(.up(layer: layer), "\(mlp)/up_proj/MatMul", input: normalized)
        let sigmoid = add("Sigmoid", "\(mlp)/act_fn/Sigmoid", inputs: [gate], type: inner)
        let activated = add("Mul", "\(mlp)/act_fn/Mul", inputs: [gate, sigmoid], type: inner)
        let product = add("Mul", "\(mlp)/Mul", inputs: [activated, up], type: inner)
        let down = try makeMatrix(.down(layer: layer), "\(mlp)/down_proj/MatMul", input: product)
        return (next, down)
    }

    private mutating func makeAttention(_ layer: Int, _ base: String, input: String) throws(ONNXError)
        -> String
    {
        let configuration = configuration
        var packed = try makeMatrix(
            .queryKeyValue(layer: layer), "\(base)/qkv_proj/MatMul", input: input)
        if configuration.hasQueryKeyValueBias {
            let name = "\(base)/qkv_proj/Add"
            let bias = try makeVector(
                .queryKeyValueBias(layer: layer), "\(name.dropFirst().replacing("/", with: ".")).bias")
            packed = add(
                "Add", name, inputs: [packed, bias],
                type: hidden(configuration.size(of: .queryKeyValueBias(layer: layer))))
        }
        let mask = Self.maskName
        var inputs = [
            packed, "", "", "past_key_values.\(layer).key", "past_key_values.\(layer).value",
            "\(mask)/Sub/Cast/output_0", "\(mask)/Gather/Cast/output_0", "cos_cache", "sin_cache",
        ]
        var attributes: [String: Attribute] = [
            "num_heads": .int(configuration.headCount),
            "kv_num_heads": .int(configuration.keyValueHeadCount),
            "scale": .float(Float(1 / Double(configuration.headSize).squareRoot())),
            "softcap": .float(0), "do_rotary": .int(1), "rotary_interleaved": .int(0),
        ]
        if generation == .v018 {
            inputs += ["", "", ""]
            attributes["local_window_size"] = .int(-1)
        }
        let width = configuration.headCount * configuration.headSize
        let output = add(
            "GroupQueryAttention", "\(base)/GroupQueryAttention", domain: Self.microsoft, inputs: inputs,
            outputs: [
                "\(base)/GroupQueryAttention/output_0", "present.\(layer).key", "present.\(layer).value",
            ], attributes: attributes, type: hidden(width))
        return try makeMatrix(.attentionOutput(layer: layer), "\(base)/o_proj/MatMul", input: output)
    }

    mutating func makeHead(residual: String, update: String) throws(ONNXError) {
        let (normalized, _) = try makeNorm(
            .finalNorm, "/model/layers.\(configuration.layerCount)/final_norm_layernorm", residual: residual,
            update: update, isLast: true)
        _ = try makeMatrix(
            .head, "/lm_head/MatMul", input: normalized, weights: headWeights, output: "logits")
    }
}
