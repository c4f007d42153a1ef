// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGeneration
import ONNXGraph
import ONNXImport
import ONNXInference
import ONNXKernels
import ONNXModelStore
import ONNXOperators
import ONNXTensors

/// What the graph of a decoder says of the memory and the work that it takes, found without its weights.
struct DecoderNeeds {
    /// A quantised product's weights.
    struct Matrix: Hashable {
        var outputs: Int
        var inputs: Int
        var bits: Int
        var blockSize: Int
        var accuracyLevel: Int
        var hasZeroPoints: Bool
        var hasBias: Bool
        var hasHalfScales: Bool

        var packedByteCount: Int {
            QuantizedMatrix.packedByteCount(
                outputs: outputs, inputs: inputs, bits: bits, blockSize: blockSize,
                hasZeroPoints: hasZeroPoints, hasBias: hasBias, hasHalfScales: hasHalfScales)
        }
    }

    /// The cache of one layer's keys or values.
    struct Cache {
        var heads: Int
        var headSize: Int
        /// Nil where the session keeps the cache in the type of its own choice.
        var elementType: ElementType?
        /// Positions that are kept at most.
        var window: Int?
    }

    let path: String
    let support: SupportReport
    let configuration: GenerationConfig
    private(set) var dataFiles: [DataFileInfo] = []
    /// Bytes of all weights as the files hold them.
    private(set) var weightByteCount = 0
    /// Bytes of weights that stay in use where they are mapped.
    private(set) var mappedByteCount = 0
    /// Each matrix that is packed, once.
    private(set) var matrices: [Matrix] = []
    /// Float matrices `[inputs, outputs]` that products read from the map.
    private(set) var floatMatrices: [(inputs: Int, outputs: Int)] = []
    private(set) var caches: [Cache] = []
    private let quantizesActivations: Bool

    /// Reads the model file and the configuration of a folder.
    ///
    /// - Throws: what ``ModelReader`` and `ModelFolder` throw; weights may be missing.
    init(folder: String) throws(ONNXError) {
        let modelFolder = try ModelFolder(folder)
        configuration = modelFolder.generation
        let (model, report) = try ModelReader.read(
            path: modelFolder.file(configuration.fileName), options: ImportOptions(externalData: .skipped))
        path = report.path
        dataFiles = report.dataFiles
        support = SupportReport(model.graph, operatorSets: model.operatorSets, registry: .builtin)
        var types: [String: (type: ElementType, shape: Shape, byteCount: Int)] = [:]
        for (name, tensor) in model.graph.initializers {
            types[name] = (tensor.elementType, tensor.shape, tensor.byteCount)
        }
        for tensor in report.externalTensors {
            types[tensor.name] = (tensor.elementType, tensor.shape, tensor.byteCount)
        }
        weightByteCount = types.values.reduce(0) { $0 &+ $1.byteCount }
        var absorbed: Set<String> = []
        var others: Set<String> = []
        var packed: Set<String> = []
        for node in model.graph.nodes {
            guard node.operatorType == "MatMulNBits", let matrix = Self.matrix(node, types) else {
                others.formUnion(node.inputs)
                if ["MatMul", "Gemm"].contains(node.operatorType), node.inputs.count > 1,
                    let weight = types[node.inputs[1]], weight.shape.rank == 2
                {
                    floatMatrices.append((weight.shape[0], weight.shape[1]))
                }
                continue
            }
            absorbed.formUnion(node.inputs.dropFirst())
            if packed.insert(node.inputs.dropFirst().joined(separator: " ")).inserted {
                matrices.append(matrix)
            }
        }
        mappedByteCount = types.reduce(0) { sum, entry in
            absorbed.contains(entry.key) && !others.contains(entry.key) ? sum : sum &+ entry.value.byteCount
        }
        quantizesActivations = CacheType.quantizesActivations(model.graph)
        caches = Self.caches(model.graph, configuration, constants: Set(types.keys))
    }

    private static func matrix(
        _ node: Node, _ types: [String: (type: ElementType, shape: Shape, byteCount: Int)]
    ) -> Matrix? {
        guard node.inputs.count > 2, types[node.inputs[1]] != nil,
            case .int(let outputs)? = node.attributes["N"], case .int(let inputs)? = node.attributes["K"],
            case .int(let blockSize)? = node.attributes["block_size"]
        else { return nil }
        func number(_ name: String, _ usual: Int) -> Int {
            if case .int(let value)? = node.attributes[name] { return value }
            return usual
        }
        func has(_ index: Int) -> Bool { index < node.inputs.count && !node.inputs[index].isEmpty }
        return Matrix(
            outputs: outputs, inputs: inputs, bits: number("bits", 4), blockSize: blockSize,
            accuracyLevel: number("accuracy_level", 0), hasZeroPoints: has(3), hasBias: has(5),
            hasHalfScales: types[node.inputs[2]]?.type == .float16)
    }

    private static func caches(
        _ graph: Graph, _ configuration: GenerationConfig, constants: Set<String>
    ) -> [Cache] {
        var windows: [String: Int?] = [:]
        for node in graph.nodes where node.operatorType == "GroupQueryAttention" {
            var window: Int?
            if case .int(let value)? = node.attributes["local_window_size"], value > 0 { window = value }
            for input in node.inputs.dropFirst(3).prefix(2) { windows[input] = .some(window) }
        }
        func length(_ dimension: Dimension, _ configured: Int?) -> Int? {
            if case .fixed(let length) = dimension { return length }
            return configured
        }
        return graph.inputs.compactMap { input in
            guard !constants.contains(input.name), case .tensor(let type, let dimensions?)? = input.type,
                dimensions.count == 4, let heads = length(dimensions[1], configuration.keyValueHeadCount),
                let size = length(dimensions[3], configuration.headSize), heads > 0, size > 0
            else { return nil }
            let window = windows[input.name]
            // The state of linear attention has four dimensions as well, but does not grow.
            if window == nil, case .fixed = dimensions[2] { return nil }
            return Cache(
                heads: heads, headSize: size, elementType: window != nil && type == .float32 ? nil : type,
                window: window.flatMap { $0 })
        }
    }
}

extension DecoderNeeds {
    /// Bytes of the packed matrices, at most.
    var packedByteCount: Int { matrices.reduce(0) { $0 &+ $1.packedByteCount } }

    /// The type that sessions keep their caches in unless told otherwise.
    var automaticCacheType: CacheType {
        .automatic(
            quantizesActivations: quantizesActivations,
            headSizes: caches.filter { $0.elementType == nil }.map(\.headSize))
    }

    /// Bytes that one token adds to the caches while no window is full.
    func cacheBytesPerToken(_ type: CacheType) -> Int {
        caches.reduce(0) { $0 &+ $1.heads * Self.rowByteCount($1, type) }
    }

    /// Bytes of the caches with `tokens` tokens in them.
    func cacheByteCount(_ type: CacheType, tokens: Int) -> Int {
        caches.reduce(0) { sum, cache in
            let block = KVCache.block
            var rows = (tokens + block - 1) / block * block
            if let window = cache.window { rows = min(rows, window + window / 2 + 2 * block) }
            // Caches that are no session's are copied at each step, so there are two at a time.
            return sum &+ cache.heads * Self.rowByteCount(cache, type) * rows
                * (cache.elementType == nil ? 1 : 2)
        }
    }

    private static func rowByteCount(_ cache: Cache, _ type: CacheType) -> Int {
        cache.elementType.map { cache.headSize * $0.bitWidth / 8 } ?? type.byteCount(headSize: cache.headSize)
    }

    /// Bytes of intermediate values of one run over a part of a prompt, roughly: the widest values of a layer, and the
    /// logits.
    var workingByteCount: Int {
        let widths =
            matrices.filter { $0.outputs != configuration.vocabularySize }.map { $0.outputs + $0.inputs }
            + floatMatrices.filter { $0.outputs != configuration.vocabularySize }.map {
                $0.inputs + $0.outputs
            }
        let rows = 512
        return (widths.max() ?? 0) &* rows &* 4 &* 3 &+ (configuration.vocabularySize ?? 0) &* 4 &* 2
    }

    /// The tokens that one conversation may have.
    var contextLength: Int {
        max(1, configuration.contextLength ?? configuration.search.maximumLength ?? 2048)
    }
}
