// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXGraph
import ONNXTensors

/// Builds the graph of a Llama-like decoder with the operators, names and layout of onnxruntime-genai's builder
/// for CPUs: packed query, key and value, rotary embedding inside the attention, quantised products.
package struct DecoderGraphBuilder {
    package let configuration: DecoderConfiguration
    package let generation: BuilderGeneration
    let format: (MatrixRole) -> MatrixFormat

    /// The tensors of the data file, in its order.
    var external: [ExternalTensor] = []
    /// What fills them.
    var parameters: [DecoderParameter] = []

    var nodes: [Node] = []
    var valueTypes: [String: ValueType] = [:]
    var constants: Set<String> = []
    /// The last product's weights, where the embedding has reserved them already.
    var headWeights: [String]?

    private init(
        _ configuration: DecoderConfiguration, _ generation: BuilderGeneration,
        _ format: @escaping (MatrixRole) -> MatrixFormat
    ) {
        self.configuration = configuration
        self.generation = generation
        self.format = format
    }

    /// A decoder's graph and what its data file holds.
    package struct Result: Sendable {
        package let model: Model
        package let external: [ExternalTensor]
        package let parameters: [DecoderParameter]
    }

    /// Builds the graph.
    ///
    /// - Parameter format: the bits of each matrix. Generation 0.7 ignores zero points.
    /// - Throws: `tensor.overflow` when a size does not fit.
    package static func build(
        _ configuration: DecoderConfiguration, generation: BuilderGeneration,
        format: @escaping (MatrixRole) -> MatrixFormat
    ) throws(ONNXError) -> Result {
        var builder = DecoderGraphBuilder(configuration, generation, format)
        return try builder.build()
    }

    private mutating func build() throws(ONNXError) -> Result {
        if configuration.rotary.long != nil, generation == .v07 { try makeLongRotary() }
        try makeAttentionMask()
        if configuration.rotary.long != nil, generation == .v018 { try makeLongRotary() }
        try makeShortRotary()
        var residual = try makeEmbedding()
        var update = ""
        for layer in 0..<configuration.layerCount {
            (residual, update) = try makeLayer(layer, residual: residual, update: update)
        }
        try makeHead(residual: residual, update: update)
        let graph = Graph(
            name: "main_graph", nodes: nodes, inputs: makeInputs(), outputs: makeOutputs(),
            valueTypes: valueTypes)
        let isOld = generation == .v07
        let model = Model(
            irVersion: isOld ? 7 : 10, producerName: "onnxlm", producerVersion: "",
            operatorSets: ["": isOld ? 14 : 22, "com.microsoft": 1], graph: graph)
        return Result(model: model, external: external, parameters: parameters)
    }

    // The order of the newer builder puts all keys before all values.
    private func makeCaches(_ prefix: String, _ sequence: String) -> [ValueInfo] {
        let isOld = generation == .v07
        let type = ValueType.tensor(
            .float32,
            [
                .symbolic("batch_size"), .fixed(configuration.keyValueHeadCount), .symbolic(sequence),
                isOld ? .fixed(configuration.headSize) : .symbolic("kv_cache_dim"),
            ])
        let layers = 0..<configuration.layerCount
        let names =
            isOld
            ? layers.flatMap { ["\(prefix).\($0).key", "\(prefix).\($0).value"] }
            : layers.map { "\(prefix).\($0).key" } + layers.map { "\(prefix).\($0).value" }
        return names.map { ValueInfo(name: $0, type: type) }
    }

    private func makeInputs() -> [ValueInfo] {
        let batch = Dimension.symbolic("batch_size")
        return [
            ValueInfo(name: "input_ids", type: .tensor(.int64, [batch, .symbolic("sequence_length")])),
            ValueInfo(
                name: "attention_mask", type: .tensor(.int64, [batch, .symbolic("total_sequence_length")])),
        ] + makeCaches("past_key_values", "past_sequence_length")
    }

    private func makeOutputs() -> [ValueInfo] {
        [ValueInfo(name: "logits", type: hidden(configuration.vocabularySize))]
            + makeCaches("present", "total_sequence_length")
    }

    func hidden(_ width: Int) -> ValueType {
        .tensor(.float32, [.symbolic("batch_size"), .symbolic("sequence_length"), .fixed(width)])
    }

    /// Appends a node whose first output is `NAME/output_0` unless given, and declares that output's type.
    @discardableResult
    mutating func add(
        _ operatorType: String, _ name: String, domain: String = "", inputs: [String],
        outputs: [String]? = nil, attributes: [String: Attribute] = [:], type: ValueType? = nil
    ) -> String {
        let outputs = outputs ?? ["\(name)/output_0"]
        nodes.append(
            Node(
                name: name, domain: domain, operatorType: operatorType, inputs: inputs, outputs: outputs,
                attributes: attributes))
        let first = outputs.first ?? ""
        if let type, first != "logits" { valueTypes[first] = type }
        return first
    }

    /// The name of a constant of `int64`, whose node is added where it is first needed.
    mutating func constant(_ values: [Int64], scalar: Bool) throws(ONNXError) -> String {
        let list = values.map(String.init).joined(separator: ", ")
        let path =
            generation == .v07
            ? "TensorProto.INT64/\(scalar ? "0D" : "1D")/\(list)" : "INT64/\(scalar ? list : "[\(list)]")"
        let name = "/model/constants/\(path)"
        if constants.insert(name).inserted {
            let tensor = try Tensor(values, shape: scalar ? [] : [values.count])
            add(
                "Constant", "/model/constant_nodes/\(path)", inputs: [], outputs: [name],
                attributes: ["value": .tensor(tensor)],
                type: .tensor(.int64, scalar ? [] : [.fixed(values.count)]))
        }
        return name
    }

    /// Reserves a place in the data file and returns its number.
    mutating func reserve(_ name: String, _ type: ElementType, _ dimensions: [Int]) throws(ONNXError) -> Int {
        external.append(try ExternalTensor(name, type, dimensions))
        return external.count - 1
    }
}
