// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
package import ONNXErrors

/// Rows of activations quantised to int8 per block, shared by all products that read the same input
/// (query, key and value; gate and up). For matrices whose activations are floats a row is kept as the sum of three
/// quantised ones, which has float32's precision.
///
/// Rows are stored in groups of four; a single row left over makes a group of its own. Keeps its memory between uses.
package final class QuantizedActivations {
    private var memory: AlignedMemory?
    /// The rows held now; nil before the first.
    private(set) var held: QuantizedActivationRows?
    /// The order of their inputs, that of a matrix; nil: as they came.
    private var permutation: UnsafePointer<Int32>?

    package init() {}

    /// Rows held now.
    package var rows: Int { held?.rows ?? 0 }

    /// Quantises `rows` rows of `matrix.k` floats, for `matrix` and every other that shares its activations, whose
    /// products take quantised ones.
    ///
    /// - Throws: `kernel.quantized_matrix` for a matrix whose products take floats, `memory.exhausted`.
    package func quantize(
        _ x: UnsafePointer<Float>, rows: Int, rowStride: Int? = nil, for matrix: QuantizedMatrix,
        workers: WorkerPool, scratch: KernelScratch
    ) throws(ONNXError) {
        let terms = matrix.activationTerms(rows: rows, workers)
        guard terms > 0 else {
            throw ONNXError(
                "kernel.quantized_matrix",
                "Products of this matrix with \(rows) rows take activations of floats.")
        }
        let target = try prepare(rows: rows, terms: terms, for: matrix)
        guard rows > 0 else { return }
        var job = QuantizeJob(x, rowStride: rowStride ?? matrix.k, into: target, matrix.kernels)
        guard target.terms > 1 else { return job.run(workers) }
        let floats = workers.threadCount * target.terms * 4 * target.k
        let split = QuantizeJob.Split(
            order: matrix.inputOrder,
            memory: try scratch.reserve(byteCount: floats * 4).assumingMemoryBound(to: Float.self))
        withUnsafePointer(to: split) { split in
            job.split = split
            job.run(workers)
        }
    }

    /// Quantises root mean square norms: what would be `norm.y` passes through memory of four rows for each thread.
    ///
    /// - Parameters:
    ///   - norm: `y` is not written; `sum` is.
    ///   - skipRows: rows of `norm.skip`, which serve the rows in turn.
    /// - Throws: `memory.exhausted`.
    package func quantize(
        rmsNorm norm: NormArguments, skipRows: Int, for matrix: QuantizedMatrix, workers: WorkerPool,
        scratch: KernelScratch
    ) throws(ONNXError) {
        let target = try prepare(rows: norm.rows, terms: 1, for: matrix)
        guard norm.rows > 0 else { return }
        let width = norm.width
        let memory = try scratch.reserve(byteCount: workers.threadCount * 4 * width * 4)
            .assumingMemoryBound(to: Float.self)
        var job = QuantizeJob(memory, rowStride: width, into: target, matrix.kernels)
        let first = QuantizeJob.Norm(
            arguments: norm, skipRows: skipRows, kernel: matrix.kernels.rmsNorm, memory: memory)
        withUnsafePointer(to: first) { first in
            job.norm = first
            job.run(workers)
        }
    }

    /// Makes room for rows of the inputs of `matrix`, which the caller then fills.
    func prepare(
        rows: Int, terms: Int, for matrix: QuantizedMatrix
    ) throws(ONNXError) -> QuantizedActivationRows {
        let header = matrix.header
        let stored = QuantizedActivationRows.storedRows(rows, terms: terms)
        let scalesOffset = (stored * header.paddedK + 63) / 64 * 64
        let sumsOffset = scalesOffset + (stored * header.blocks * 4 + 63) / 64 * 64
        let centresOffset = sumsOffset + (stored * header.blocks * 4 + 63) / 64 * 64
        let end = (centresOffset + stored * header.blocks * 4 + 63) / 64 * 64
        let tiled = QuantizedActivationRows.tiledRows(stored)
        let hasTiles = tiled > 0 && matrix.kernels.tileRows != nil && header.blockSize >= 32
        let tileScalesOffset = end + (hasTiles ? tiled * header.paddedK : 0)
        let byteCount = tileScalesOffset + (hasTiles ? tiled * header.blocks * 4 : 0)
        let unpacksColumns =
            matrix.kernels.qgemmColumns != nil && stored >= QuantizedActivationRows.leastRowsOfColumns
        let groups = (stored + 3) / 4
        let productScratch = max(
            hasTiles ? Int(ONNXLM_TILE_SCRATCH_BYTES) : 0,
            unpacksColumns ? Int(onnxlm_column_scratch_bytes(Int64(header.blockSize), Int64(groups))) : 0)
        held = nil
        let memory: AlignedMemory
        if let present = self.memory, present.byteCount >= byteCount {
            memory = present
        } else {
            self.memory = nil
            memory = try AlignedMemory(byteCount: byteCount)
            self.memory = memory
        }
        let target = QuantizedActivationRows(
            base: memory.base, rows: rows, terms: terms, k: terms > 1 ? header.paddedK : header.k,
            blockSize: header.blockSize, blocks: header.blocks, scalesOffset: scalesOffset,
            sumsOffset: sumsOffset, centresOffset: centresOffset, tilesOffset: hasTiles ? end : nil,
            tileScalesOffset: tileScalesOffset, productScratch: productScratch,
            unpacksColumns: unpacksColumns)
        held = target
        permutation = matrix.permutation
        return target
    }

    /// What products of the matrices read.
    ///
    /// - Throws: `kernel.quantized_matrix` if products of a matrix cannot read what is held.
    func rows(for matrix: QuantizedMatrix) throws(ONNXError) -> QuantizedActivationRows {
        guard let held, fits(matrix) else {
            throw ONNXError(
                "kernel.quantized_matrix",
                """
                Activations quantised for K \(held?.k ?? 0) and block size \(held?.blockSize ?? 0) do not fit a matrix \
                of K \(matrix.k) and block size \(matrix.blockSize).
                """)
        }
        return held
    }

    /// Whether products of a matrix can read what is held.
    package func fits(_ matrix: QuantizedMatrix) -> Bool {
        guard let held, held.rows > 0 else { return false }
        let k = held.terms > 1 ? matrix.header.paddedK : matrix.k
        return matrix.usesQuantizedActivations == (held.terms == 1)
            && matrix.header.zeroPointKind != ONNXLM_ZERO_POINT_F32 && k == held.k
            && matrix.blockSize == held.blockSize
            && matrix.header.blocks == held.blocks && matrix.permutation == permutation
    }
}
