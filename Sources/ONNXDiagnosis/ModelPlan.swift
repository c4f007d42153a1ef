// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors
import ONNXGeneration
public import ONNXInference
import ONNXKernels
import ONNXModelStore
import ONNXPackCache
public import ONNXTensors

/// What a model will take of this machine, told before it is loaded.
///
///     let plan = try ModelPlan(path: "models/smollm2-135m-instruct", context: 100, measuresSpeed: false)
///     guard plan.fits else { return print(plan.objections) }
///     print(plan.path, "takes", plan.neededByteCount, "bytes of", plan.memory.availableByteCount)
///     print("weights:", plan.fileWeightByteCount, "in files,", plan.packedByteCount, "packed,", plan.mappedByteCount, "mapped")
///     print("intermediate values:", plan.workingByteCount)
///     print(plan.context, plan.context <= plan.contextLimit)  // 100 true
///     print("caches of \(plan.cacheType),", plan.isCacheTypeAutomatic ? "chosen for it" : "asked for")
///     print(plan.missing + plan.unsupported)  // []
///     if let error = plan.memoryError { throw error }
///
/// Only the model file is read, not its weights, which may still be missing.
public struct ModelPlan: Sendable {
    /// Memory of the key/value caches in one element type.
    ///
    ///     let plan = try ModelPlan(path: "models/smollm2-135m-instruct", context: 64, measuresSpeed: false)
    ///     for cache in plan.caches {
    ///         print(cache.type, cache.bytesPerToken, "bytes a token, at most", cache.longestContext, "tokens")
    ///         print(cache.byteCount >= 64 * cache.bytesPerToken)  // true
    ///     }
    public struct CacheNeed: Sendable, Hashable {
        /// The element type.
        public let type: CacheType
        /// Bytes of one token's keys and values in all layers.
        public let bytesPerToken: Int
        /// Bytes at ``ModelPlan/context`` tokens.
        public let byteCount: Int
        /// The most tokens that fit beside the weights; 0 when not even the weights fit.
        public let longestContext: Int
    }

    /// What a file system has to give.
    ///
    ///     let plan = try ModelPlan(path: "models/smollm2-135m-instruct", measuresSpeed: false)
    ///     for disk in plan.disks where disk.neededByteCount > disk.freeByteCount {
    ///         print("no room for the \(disk.purpose) at \(disk.path)", disk.isOptional ? "(not needed)" : "")
    ///     }
    public struct DiskNeed: Sendable, Hashable {
        /// `weights` or `packed weights`.
        public let purpose: String
        /// The folder in which it has to give it.
        public let path: String
        /// Bytes that are not there yet.
        public let neededByteCount: Int
        /// Bytes that are free there.
        public let freeByteCount: Int
        /// Whether the model runs without.
        public let isOptional: Bool
    }

    /// Expected rates, from a measurement of about two seconds.
    ///
    ///     if let speed = try ModelPlan(path: "models/smollm2-135m-instruct").speed {
    ///         print("reads", speed.prefillRate, "and writes", speed.decodeRate, "tokens a second")
    ///     }
    public struct Speed: Sendable, Hashable {
        /// Tokens of a prompt read per second.
        public let prefillRate: Double
        /// Tokens written per second, with half of ``ModelPlan/context`` cached.
        public let decodeRate: Double
    }

    /// The model's folder.
    public let path: String
    /// Tokens that the plan is made for.
    public let context: Int
    /// Tokens that the model's configuration allows.
    public let contextLimit: Int
    /// The element type that sessions will keep caches in.
    public let cacheType: CacheType
    /// Whether ``cacheType`` was chosen for the model and the processor and not asked for.
    public let isCacheTypeAutomatic: Bool
    /// Bytes of all weights in the model's files.
    public let fileWeightByteCount: Int
    /// Bytes of the matrices after packing, at most.
    public let packedByteCount: Int
    /// Bytes of weights that are used where the model's files are mapped.
    public let mappedByteCount: Int
    /// One entry for each element type.
    public let caches: [CacheNeed]
    /// Bytes of intermediate values, roughly.
    public let workingByteCount: Int
    /// What this process may take.
    public let memory: MemoryBudget
    /// What file systems have to give.
    public let disks: [DiskNeed]
    /// Nil where it was not measured.
    public let speed: Speed?
    /// What the files lack, a sentence each.
    public let missing: [String]
    /// What this engine cannot run, a sentence each.
    public let unsupported: [String]

    /// Bytes of memory that the model takes with ``context`` tokens cached.
    public var neededByteCount: Int {
        let cache = caches.first { $0.type == cacheType }?.byteCount ?? 0
        return weightMemory &+ cache
    }

    private var weightMemory: Int {
        packedByteCount &+ mappedByteCount &+ workingByteCount &+ Self.baseByteCount
    }

    /// What a process takes with the smallest of models.
    private static let baseByteCount = 48 << 20

    /// Why the model cannot be used as planned, a sentence each; empty when it can.
    public var objections: [String] {
        var result = unsupported.map { "This engine cannot run it: \($0)" }
        if let error = memoryError { result.append(error.message) }
        for disk in disks where !disk.isOptional && disk.neededByteCount > disk.freeByteCount {
            result.append(
                "The \(disk.purpose) need \(disk.neededByteCount) more bytes; the disk of \"\(disk.path)\" has \(disk.freeByteCount) free."
            )
        }
        return result
    }

    /// Whether the model runs here, and its memory and disk are there.
    public var fits: Bool { objections.isEmpty }

    /// `memory.insufficient` with the numbers; nil when the memory suffices.
    public var memoryError: ONNXError? {
        guard neededByteCount > memory.availableByteCount else { return nil }
        let longest = caches.map { "\($0.type) \($0.longestContext)" }.joined(separator: ", ")
        return ONNXError(
            "memory.insufficient",
            "\"\(path)\" takes \(neededByteCount) bytes of memory with \(context) tokens of \(cacheType) cache; \(memory.bound) has \(memory.availableByteCount) left. Longest contexts that fit, by type of cache: \(longest)."
        )
    }

    /// Reads the model file and looks at this machine.
    ///
    /// - Parameters:
    ///   - path: the model's folder.
    ///   - options: threads, cache type, and whether packed weights are kept on disk.
    ///   - context: tokens to plan for; nil for 4096, or the model's own limit where that is less.
    ///   - measuresSpeed: whether about two seconds are spent on measuring.
    /// - Throws: `model.*`, `proto.*`, `graph.*`, `config.*`, `io.*` for files that cannot be understood.
    public init(
        path: String, options: LoadOptions = LoadOptions(), context: Int? = nil, measuresSpeed: Bool = true
    ) throws(ONNXError) {
        try self.init(
            path: path, options: options, context: context, measuresSpeed: measuresSpeed, memory: .current)
    }

    package init(
        path: String, options: LoadOptions, context: Int?, measuresSpeed: Bool, memory: MemoryBudget
    ) throws(ONNXError) {
        let needs = try DecoderNeeds(folder: path)
        self.path = path
        self.memory = memory
        contextLimit = needs.contextLength
        let context = max(1, context ?? min(4096, needs.contextLength))
        self.context = context
        cacheType = options.cacheType ?? needs.automaticCacheType
        isCacheTypeAutomatic = options.cacheType == nil
        fileWeightByteCount = needs.weightByteCount
        packedByteCount = needs.packedByteCount
        mappedByteCount = needs.mappedByteCount
        workingByteCount = needs.workingByteCount
        let weights = packedByteCount &+ mappedByteCount &+ workingByteCount &+ Self.baseByteCount
        caches = CacheType.allCases.map { type in
            CacheNeed(
                type: type, bytesPerToken: needs.cacheBytesPerToken(type),
                byteCount: needs.cacheByteCount(type, tokens: context),
                longestContext: needs.longestContext(type, within: memory.availableByteCount - weights))
        }
        disks = Self.disks(needs, path, options)
        missing = FolderCompleteness.problems(path)
        unsupported =
            needs.support.problems.map { "\($0.count) × \($0.message) First: \($0.node)." }
            + (context > needs.contextLength
                ? ["\(context) tokens are more than the \(needs.contextLength) that the model allows."] : [])
        speed =
            measuresSpeed
            ? try needs.speed(
                threads: options.threadCount ?? InferenceModel.defaultThreadCount, cacheType, context)
            : nil
    }

    private static func disks(
        _ needs: DecoderNeeds, _ folder: String, _ options: LoadOptions
    ) -> [DiskNeed] {
        var result: [DiskNeed] = []
        let missing = needs.dataFiles.reduce(0) { sum, file in
            sum &+ max(0, file.neededByteCount - (file.presentByteCount ?? 0))
        }
        if let space = Disk.space(at: folder) {
            result.append(
                DiskNeed(
                    purpose: "weights", path: folder, neededByteCount: missing,
                    freeByteCount: space.freeByteCount, isOptional: false))
        }
        guard options.weightCache.isEnabled, needs.packedByteCount >= options.weightCache.minimumByteCount,
            let cache = options.weightCache.folder ?? EngineEnvironment.cacheFolder,
            let space = Disk.space(at: cache)
        else { return result }
        let file = PackCacheFolder(path: cache).file(
            ofModel: FileSystemPath.resolved(needs.path), variant: options.disabledPasses.sorted())
        result.append(
            DiskNeed(
                purpose: "packed weights", path: cache,
                neededByteCount: Disk.entry(file) == nil ? needs.packedByteCount : 0,
                freeByteCount: space.freeByteCount, isOptional: true))
        return result
    }
}

extension DecoderNeeds {
    /// The most tokens whose caches fit into `byteCount` bytes, up to the model's own limit.
    func longestContext(_ type: CacheType, within byteCount: Int) -> Int {
        guard byteCount >= 0 else { return 0 }
        var low = 0
        var high = contextLength
        while low < high {
            let middle = (low + high + 1) / 2
            if cacheByteCount(type, tokens: middle) <= byteCount { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// Measures this machine with a matrix like the model's largest kind.
    ///
    /// - Throws: `memory.*`, `threads.*`.
    func speed(
        threads: Int, _ type: CacheType, _ context: Int
    ) throws(ONNXError) -> ModelPlan.Speed? {
        func isHead(_ outputs: Int) -> Bool { outputs == configuration.vocabularySize }
        let body = matrices.filter { !isHead($0.outputs) }
        let quantized = body.reduce(0) { $0 &+ $1.outputs &* $1.inputs }
        let floats = floatMatrices.filter { !isHead($0.outputs) }
        let float = floats.reduce(0) { $0 &+ $1.inputs &* $1.outputs }
        let readBytes =
            matrices.reduce(0) { $0 &+ $1.packedByteCount }
            &+ floatMatrices.reduce(0) { $0 &+ $1.inputs &* $1.outputs &* 4 }
        let measured: SpeedMeasurement
        if quantized >= float, let largest = body.max(by: { $0.outputs * $0.inputs < $1.outputs * $1.inputs })
        {
            measured = try SpeedMeasurement(like: largest, totalByteCount: readBytes, threads: threads)
        } else if let largest = floats.max(by: { $0.inputs * $0.outputs < $1.inputs * $1.outputs }) {
            measured = try SpeedMeasurement(
                inputs: largest.inputs, outputs: largest.outputs, totalByteCount: readBytes, threads: threads)
        } else {
            return nil
        }
        let cacheBytes = cacheByteCount(type, tokens: context / 2)
        return ModelPlan.Speed(
            prefillRate: measured.productsPerSecond / Double(max(1, quantized &+ float)),
            decodeRate: measured.bytesPerSecond / Double(max(1, readBytes &+ cacheBytes)))
    }
}
