// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors
public import ONNXGraph
import ONNXImport
import ONNXKernels
package import ONNXOperators
import ONNXOptimizer
import ONNXPackCache
public import ONNXTensors

/// A model ready to run: immutable, shared by any number of sessions and threads.
///
///     let model = try InferenceModel.load(from: "model.onnx")
///     for input in model.inputs { print("wants \(input.name)") }
///     for output in model.outputs { print("gives \(output.name)") }
///     print(model.operatorSets[""] ?? 0, model.metadata["author"] ?? "unknown")
///     print(model.threadCount == InferenceModel.defaultThreadCount)  // true
///     print(model.options.deterministic)  // false
///     print(InferenceModel.optimizationPasses.contains("last-positions"))  // true
///     for note in model.notes { print(note) }
///     print(model.usesCachedWeights ? "mapped from the cache" : "packed now")
public final class InferenceModel: Sendable {
    /// The inputs that every run must be given, in the order of the file. An input with a constant value of its own
    /// is a constant here and not among them.
    public let inputs: [ValueInfo]

    /// What a run gives, in the order of the file.
    public let outputs: [ValueInfo]

    /// Version of each operator set that the model is written in; `""` is ONNX's own.
    public let operatorSets: [String: Int]

    /// The file's free-form properties.
    public let metadata: [String: String]

    /// The options that the model was loaded with.
    public let options: LoadOptions

    /// Whether logits have the same bits however a text is cut into runs, as far as products decide it.
    package let keepsBits: Bool
    /// Whether the graph's products quantise their activations; see ``CacheType/quantizesActivations(_:)``.
    let quantizesActivations: Bool

    /// The int64 input `[1]` that says for how many of the last positions logits are computed, in models loaded as
    /// decoders.
    package static let positionsInputName = LastPositionPass.inputName

    /// Whether the model has the input ``positionsInputName``; without it logits come for every position.
    package var givesChosenPositions: Bool { inputs.contains { $0.name == Self.positionsInputName } }

    /// The number of cores that this process may use.
    public static var defaultThreadCount: Int { WorkerPool.defaultThreadCount }

    /// Threads that compute, the caller's included.
    public var threadCount: Int { workers.threadCount }

    /// Bytes of weights that a run reads whole: packed matrices, and the constant factors of other products.
    package var weightByteCount: Int {
        let constants = Dictionary(
            program.constants.map { ($0.slot, $0.tensor?.byteCount ?? 0) },
            uniquingKeysWith: { first, _ in first })
        return program.steps.reduce(0) { sum, step in
            var bytes = step.operation.packedByteCount
            if step.label.hasPrefix("MatMul ") || step.label.hasPrefix("Gemm ") {
                bytes += step.inputs.reduce(0) { $0 + (constants[$1] ?? 0) }
            }
            return sum + bytes
        }
    }

    /// The names of the graph passes, for ``LoadOptions/disabledPasses``.
    public static var optimizationPasses: [String] { GraphOptimizer.passNames + ["last-positions"] }

    let program: GraphProgram
    let workers: WorkerPool
    private let packedWeights: PackedWeights.Outcome
    /// Files that runs read from.
    private let mappedFiles: [MappedFile]

    /// Loads `model.onnx` and the data files beside it.
    ///
    ///     let model = try InferenceModel.load(from: "model.onnx")
    ///     print(model.inputs.count > 0)  // true
    ///
    /// - Parameter path: the file, or a folder with a `model.onnx`.
    /// - Throws: `model.*`, `proto.*`, `external_data.*`, `tensor.*` for the files, and what the other initialiser
    ///   throws.
    public static func load(
        from path: String, options: LoadOptions = LoadOptions()
    ) throws(ONNXError) -> InferenceModel {
        let (model, report) = try ModelReader.read(path: path)
        let weights = PackedWeights(
            modelPath: FileSystemPath.resolved(report.path), variant: options.disabledPasses.sorted(),
            options: options.weightCache)
        return try InferenceModel(model, options: options, weights: weights)
    }

    /// Makes a model ready from its parsed form.
    ///
    /// - Throws: `op.*` listing everything unsupported, `graph.*`, and what operators say of their weights.
    package convenience init(
        _ model: Model, options: LoadOptions = LoadOptions(), registry: OperatorRegistry = .builtin
    ) throws(ONNXError) {
        try self.init(model, options: options, registry: registry, weights: nil)
    }

    private init(
        _ model: Model, options: LoadOptions, registry: OperatorRegistry = .builtin, weights: PackedWeights?
    ) throws(ONNXError) {
        let model = try model.inliningFunctions { registry.contains(domain: $0, name: $1) }
        try SupportReport(model.graph, operatorSets: model.operatorSets, registry: registry).check()
        self.options = options
        quantizesActivations = CacheType.quantizesActivations(model.graph)
        self.workers = try WorkerPool(
            threadCount: options.threadCount ?? WorkerPool.defaultThreadCount,
            multipliesInFixedOrder: options.deterministic || Self.keepsBits(model.graph))
        keepsBits = workers.multipliesInFixedOrder && !Self.quantizesRowsTogether(model.graph)
        var graph = try GraphOptimizer.optimize(
            model.graph, operatorSets: model.operatorSets, registry: registry,
            options: OptimizerOptions(disabledPasses: options.disabledPasses), workers: workers)
        if let output = options.lastPositionOutput, !options.disabledPasses.contains("last-positions") {
            _ = LastPositionPass.apply(to: &graph, output: output)
        }
        self.program = try ProgramCompiler(
            registry: registry, operatorSets: model.operatorSets, workers: workers, weights: weights
        ).compile(graph)
        packedWeights = weights?.finish() ?? PackedWeights.Outcome()
        mappedFiles = program.mappedFiles
        self.inputs = program.inputs.map(\.info)
        self.outputs = program.outputs.map(\.info)
        self.operatorSets = model.operatorSets
        self.metadata = model.metadata
    }

    /// Whether the products with quantised weights have the same bits for any number of rows, so that those of floats beside
    /// them, such as a router's, must not be what spoils it.
    private static func keepsBits(_ graph: Graph) -> Bool {
        CacheType.quantizesActivations(graph)
            || KernelSet.current.multipliesTerms && graph.nodes.contains { $0.operatorType == "MatMulNBits" }
    }

    /// Whether a row's activations are quantised by the range of all rows.
    private static func quantizesRowsTogether(_ graph: Graph) -> Bool {
        graph.nodes.contains { $0.operatorType == "DynamicQuantizeLinear" }
    }

    /// Things that loading noticed and went on without, such as a cache of packed weights that could not be used.
    public var notes: [String] { packedWeights.notes }

    /// Whether weights were mapped from an earlier load's cache file.
    public var usesCachedWeights: Bool { packedWeights.file != nil }

    /// Waits until the weights that this load had to pack are in the cache, so that the process may end; returns at
    /// once where there are none.
    ///
    ///     let model = try InferenceModel.load(from: "model.onnx")
    ///     try model.finishCaching()
    ///
    /// - Throws: `cache.*` when the file cannot be written, which harms nothing but the next load's speed.
    public func finishCaching() throws(ONNXError) { try packedWeights.writing?.wait() }

    /// Checks that the files that runs read from are as they were when they were loaded.
    ///
    /// - Throws: `model.file_changed` for a file that became shorter, `cache.damaged` for packed weights that are not
    ///   what was written.
    package func checkFiles() throws(ONNXError) {
        for file in mappedFiles where !file.isWhole { throw Self.changed(file.path) }
        guard let file = packedWeights.file else { return }
        guard file.isWhole else { throw Self.changed(file.path) }
        guard !file.isKnownToBeDamaged else {
            throw ONNXError(
                "cache.damaged",
                "The packed weights in \"\(file.path)\" are damaged; the file is removed. Load the model again."
            )
        }
    }

    private static func changed(_ path: String) -> ONNXError {
        ONNXError(
            "model.file_changed",
            "The file \"\(path)\" became shorter while the model was in use. Load the model again.")
    }

    /// Runs the model once, in a session of its own. Who runs it often keeps an ``InferenceSession``.
    ///
    ///     let model = try InferenceModel.load(from: "model.onnx")
    ///     let outputs = try model.run(["x": Tensor([Float(1), 2, 3, 4], shape: [2, 2])])
    ///     print(try outputs["y"]?.values(as: Float.self) ?? [])  // [3.0, 7.0]
    ///
    /// - Throws: as ``InferenceSession/run(_:isCancelled:)``.
    public func run(_ inputs: [String: Tensor]) throws(ONNXError) -> [String: Tensor] {
        try InferenceSession(self).run(inputs)
    }
}
