// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors

extension DecoderGraphBuilder {
    static let maskName = "/model/attn_mask_reformat/attn_mask_subgraph"

    /// Sequence lengths and total length from the attention mask.
    mutating func makeAttentionMask() throws(ONNXError) {
        let base = Self.maskName
        let isOld = generation == .v07
        let batch = Dimension.symbolic("batch_size")
        let lengths: [Dimension] = isOld ? [batch, .fixed(1)] : [batch]
        let one = try constant([1], scalar: false)
        let count = add(
            "ReduceSum", "\(base)/ReduceSum", inputs: ["attention_mask", one],
            attributes: isOld ? [:] : ["keepdims": .int(0)], type: .tensor(.int64, lengths))
        let last = add("Sub", "\(base)/Sub", inputs: [count, one], type: .tensor(.int64, lengths))
        let int32 = Attribute.int(Int(ElementType.int32.rawValue))
        add(
            "Cast", "\(base)/Sub/Cast", inputs: [last], attributes: ["to": int32],
            type: .tensor(.int32, lengths))
        let shape = add(
            "Shape", "\(base)/Shape", inputs: ["attention_mask"], type: .tensor(.int64, [.fixed(2)]))
        let index = try constant([1], scalar: true)
        let total = add(
            "Gather", "\(base)/Gather", inputs: [shape, index], attributes: ["axis": .int(0)],
            type: .tensor(.int64, []))
        add(
            "Cast", "\(base)/Gather/Cast", inputs: [total], attributes: ["to": int32],
            type: .tensor(.int32, []))
    }

    /// One pair of rotary tables in the data file, for models without a long rotary embedding.
    mutating func makeShortRotary() throws(ONNXError) {
        let rotary = configuration.rotary
        guard rotary.long == nil else { return }
        let tables = try RotaryTables(
            rotary, divisors: rotary.divisors, length: configuration.contextLength, scale: 1)
        for (name, table) in [("cos_cache", tables.cosine), ("sin_cache", tables.sine)] {
            let tensor = try reserve(name, .float32, table.shape.dimensions)
            parameters.append(.constant(table, tensor: tensor))
        }
    }

    /// Two pairs of rotary tables in the branches of an `If` on the total length.
    mutating func makeLongRotary() throws(ONNXError) {
        guard let long = configuration.rotary.long else { return }
        let isOld = generation == .v07
        let word = isOld ? "rotemb" : "rope"
        let base = "/model/\(word)_caches_subgraph"
        let limit = try constant([Int64(long.originalContextLength)], scalar: true)
        let isLong = add(
            "Greater", "\(base)/Greater", inputs: ["\(Self.maskName)/Gather/output_0", limit],
            type: .tensor(.bool, []))
        let scale = RotaryTables.longScale(
            contextLength: configuration.contextLength, originalContextLength: long.originalContextLength)
        let large = try RotaryTables(
            configuration.rotary, divisors: long.longFactors, length: configuration.contextLength,
            scale: scale)
        let small = try RotaryTables(
            configuration.rotary, divisors: long.shortFactors, length: long.originalContextLength,
            scale: scale)
        add(
            "If", "\(base)/If", inputs: [isLong], outputs: ["cos_cache", "sin_cache"],
            attributes: [
                "then_branch": .graph(Self.branch("large", word, large)),
                "else_branch": .graph(Self.branch("small", word, small)),
            ])
        for name in ["cos_cache", "sin_cache"] {
            valueTypes[name] = .tensor(
                .float32, [.symbolic("max_sequence_length"), .symbolic("head_dim / 2")])
        }
    }

    private static func branch(_ size: String, _ word: String, _ tables: RotaryTables) -> Graph {
        var nodes: [Node] = []
        var outputs: [ValueInfo] = []
        for (kind, table) in [("cos", tables.cosine), ("sin", tables.sine)] {
            let name = "\(kind)_cache_\(size)"
            nodes.append(
                Node(
                    name: "/\(size)/\(kind)_cache/Constant", operatorType: "Constant", inputs: [],
                    outputs: [name], attributes: ["value": .tensor(table)]))
            outputs.append(
                ValueInfo(
                    name: name,
                    type: .tensor(table.elementType, table.shape.dimensions.map { .fixed($0) })))
        }
        return Graph(name: "\(size)_\(word)_caches_graph", nodes: nodes, outputs: outputs)
    }

    /// Whether one quantised matrix serves the embedding and the last product.
    private var sharesEmbedding: Bool {
        generation == .v018 && configuration.tiesEmbeddings
            && configuration.hiddenSize % MatrixFormat.blockSize == 0
    }

    mutating func makeEmbedding() throws(ONNXError) -> String {
        let base = "/model/embed_tokens"
        let type = hidden(configuration.hiddenSize)
        guard sharesEmbedding else {
            let name = "model.embed_tokens.weight"
            let tensor = try reserve(
                name, .float32, [configuration.vocabularySize, configuration.hiddenSize])
            parameters.append(.embedding(tensor: tensor))
            return add("Gather", "\(base)/Gather", inputs: [name, "input_ids"], type: type)
        }
        let weights = try reserveMatrix(.head, "/lm_head/MatMul")
        headWeights = weights
        let bits = format(.head).bits
        let width = configuration.hiddenSize * bits / 8
        let shape = try constant([Int64(configuration.vocabularySize), Int64(width)], scalar: false)
        let table = add(
            "Reshape", "\(base)/Reshape", inputs: [weights[0], shape],
            type: .tensor(.uint8, [.fixed(configuration.vocabularySize), .fixed(width)]))
        return add(
            "GatherBlockQuantized", "\(base)/GatherBlockQuantized", domain: Self.microsoft,
            inputs: [table, "input_ids"] + weights.dropFirst(),
            attributes: [
                "bits": .int(bits), "block_size": .int(MatrixFormat.blockSize), "gather_axis": .int(0),
                "quantize_axis": .int(1),
            ], type: type)
    }
}
