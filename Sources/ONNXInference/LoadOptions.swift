// SPDX-License-Identifier: Apache-2.0
public import ONNXTensors

/// How a model is loaded.
///
///     var options = LoadOptions()
///     options.threadCount = 2
///     options.deterministic = true
///     options.cacheType = .int8
///     options.intermediateByteLimit = 1 << 30
///     options.nodeLimit = 1_000_000
///     options.loopStepLimit = 10_000
///     options.disabledPasses = ["last-positions"]
///     options.weightCache = .off
///     let model = try InferenceModel.load(from: "model.onnx", options: options)
///     print(model.threadCount)  // 2
public struct LoadOptions: Sendable {
    /// Threads that compute, the caller's included; nil for as many as this process may use.
    public var threadCount: Int?

    /// Whether float products, too, have the same bits however a prompt is cut into runs; see `docs/numerics.md`.
    ///
    /// Decoders that quantise their activations (`accuracy_level` 4) are so always, with AVX-512 VNNI all quantised ones.
    /// Float ones multiply through OpenBLAS, which adds in another order for another number of rows; with this option
    /// they use a kernel of fixed order.
    public var deterministic = false

    /// Bytes that the intermediate values of one run may take; more are the error `run.budget`.
    public var intermediateByteLimit = 8 << 30

    /// Nodes that one run may execute, those of loops counted each time; more are the error `run.too_many_nodes`.
    public var nodeLimit = 50_000_000

    /// Steps that one loop may take; more are the error `run.steps`.
    public var loopStepLimit = 1_000_000

    /// The element type of the key/value caches that sessions of a decoder keep. Nil: float16, or, where all products
    /// of the graph quantise their activations (`accuracy_level` 4), bfloat16 on processors with AMX if head sizes are
    /// multiples of 32, and int16 on others with AVX-512 VNNI if they are multiples of 8. Caches that a graph is given as tensors keep the graph's type.
    public var cacheType: CacheType?

    /// Graph passes to leave out, by name, for comparison; see ``InferenceModel/optimizationPasses``.
    public var disabledPasses: Set<String> = []

    /// Where packed weights are kept between loads.
    public var weightCache = WeightCache()

    /// Where a decoder's output of this name is computed for the last position alone unless more are asked for.
    package var lastPositionOutput: String?

    /// All threads, caches of the type that suits the model, and packed weights kept.
    public init() {}
}
