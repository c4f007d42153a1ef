// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXOperators
import ONNXPackCache
import ONNXTensors

/// The packed matrices of one model while it is loaded: those that a cache file holds are mapped, the others are
/// packed, and then written to the cache file in the background.
final class PackedWeights: PackedMatrixStore {
    /// What keeps the cache file in step with the model that uses it.
    struct Outcome: Sendable {
        /// The cache file that weights are mapped from.
        var file: PackCacheFile?
        /// The writing of a new one.
        var writing: PackCacheWriting?
        var notes: [String] = []
    }

    private let folder: PackCacheFolder
    private let path: String
    private let modelPath: String
    private let options: WeightCache
    private let byteLimit: Int
    private var file: PackCacheFile?
    private var matrices: [PackCacheKey: QuantizedMatrix] = [:]
    private var order: [PackCacheKey] = []
    private var packedCount = 0
    private var notes: [String] = []

    /// Looks for the cache file of the model at `modelPath`; one that is missing, stale or damaged is no error.
    ///
    /// - Parameters:
    ///   - modelPath: without symbolic links.
    ///   - variant: load options that decide which matrices are packed.
    /// - Returns: nil where the options or the environment say that nothing is kept.
    init?(modelPath: String, variant: [String], options: WeightCache) {
        guard options.isEnabled, let place = options.folder ?? EngineEnvironment.cacheFolder else {
            return nil
        }
        folder = PackCacheFolder(path: place)
        path = folder.file(ofModel: modelPath, variant: variant)
        self.modelPath = modelPath
        self.options = options
        let fromEnvironment = EngineEnvironment.cacheLimit.map { WeightCache.byteCount($0) }
        if case .some(nil) = fromEnvironment {
            notes.append("\(EngineEnvironment.cacheLimitName) is no number of bytes and is ignored.")
        }
        byteLimit = options.byteLimit ?? fromEnvironment.flatMap { $0 } ?? WeightCache.defaultByteLimit
        folder.removeAbandoned()
        do throws(ONNXError) {
            file = try PackCacheFile(path: path)
        } catch {
            if error.code != "cache.missing" { notes.append(error.message) }
        }
    }

    func matrix(
        _ source: QuantizedMatrixSource, madeOf constants: [Tensor?], workers: WorkerPool
    ) throws(ONNXError) -> QuantizedMatrix {
        guard let key = key(of: source, madeOf: constants) else {
            return try QuantizedMatrix(packing: source, workers: workers)
        }
        if let matrix = matrices[key] { return matrix }
        let matrix: QuantizedMatrix
        if let kept = mapped(key, source) {
            matrix = kept
        } else {
            matrix = try QuantizedMatrix(packing: source, workers: workers)
            packedCount += 1
        }
        matrices[key] = matrix
        order.append(key)
        return matrix
    }

    private func mapped(_ key: PackCacheKey, _ source: QuantizedMatrixSource) -> QuantizedMatrix? {
        guard let file, let bytes = file[key],
            let matrix = try? QuantizedMatrix(mapped: bytes, owner: file), matrix.hasForm(of: source)
        else { return nil }
        return matrix
    }

    /// Names the elements of a matrix by where they stand, and what is made of them; nil for elements that stand in
    /// no file.
    private func key(of source: QuantizedMatrixSource, madeOf constants: [Tensor?]) -> PackCacheKey? {
        var builder = PackCacheKey.Builder()
        builder.add(QuantizedMatrix.layoutVersion)
        for number in [source.bits, source.blockSize, source.k, source.n, source.accuracyLevel] {
            builder.add(number)
        }
        for constant in constants {
            guard let constant else {
                builder.add("none")
                continue
            }
            guard let (file, offset) = constant.storage.filePlace(of: constant.byteOffset) else { return nil }
            let identity = file.identity
            builder.add("\(constant.elementType)")
            builder.add(constant.shape.rank)
            for number in constant.shape.dimensions { builder.add(number) }
            builder.add(offset)
            builder.add(Int(truncatingIfNeeded: identity.device))
            builder.add(Int(truncatingIfNeeded: identity.inode))
            builder.add(identity.byteCount)
            builder.add(identity.modified)
            builder.add(identity.changed)
        }
        return builder.key
    }

    /// Ends the load: starts writing what had to be packed, or checking what was mapped.
    func finish() -> Outcome {
        var outcome = Outcome(file: packedCount < order.count ? file : nil, writing: nil, notes: notes)
        let byteCount = matrices.values.reduce(0) { $0 + $1.byteCount }
        if packedCount > 0, byteCount >= options.minimumByteCount {
            let sections = order.compactMap { key in
                matrices[key].map { PackCacheWriter.Section(key: key, bytes: $0.bytes, owner: $0) }
            }
            outcome.writing = PackCacheWriting(
                PackCacheWriter(
                    folder: folder, path: path, modelPath: modelPath, sections: sections, byteLimit: byteLimit
                ))
        }
        outcome.file?.markUsed()
        outcome.file?.verifyInBackground()
        return outcome
    }
}
