// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
package import ONNXErrors

/// Rows of activations quantised to int8 per block, shared by all products that read the same input
/// (query, key and value; gate and up).
///
/// Rows are stored in groups of four; a single row left over makes a group of its own. Keeps its memory between uses.
package final class QuantizedActivations {
    /// Rows held now.
    package private(set) var rows = 0
    /// Inputs of a row.
    package private(set) var k = 0
    package private(set) var blockSize = 0

    private(set) var blocks = 0
    private var memory: AlignedMemory?
    private var scalesOffset = 0
    private var sumsOffset = 0

    package init() {}

    /// Rows that memory is kept for: all groups of four, and the single row.
    static func storedRows(_ rows: Int) -> Int { rows % 4 == 1 ? rows : (rows + 3) / 4 * 4 }

    /// Quantises `rows` rows of `matrix.k` floats, for `matrix` and every other of the same K and block size.
    ///
    /// - Throws: `memory.exhausted`.
    package func quantize(
        _ x: UnsafePointer<Float>, rows: Int, rowStride: Int? = nil, for matrix: QuantizedMatrix,
        workers: WorkerPool
    ) throws(ONNXError) {
        try prepare(rows: rows, for: matrix)
        guard rows > 0 else { return }
        let stride = rowStride ?? matrix.k
        // A decoder's token is one row: not worth a closure.
        if rows == 1 { return quantizeGroup(x, stride, 0, 1, matrix) }
        workers.run(count: (rows + 3) / 4) { group in
            let first = group * 4
            quantizeGroup(x + first * stride, stride, first, min(4, rows - first), matrix)
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
        try prepare(rows: norm.rows, for: matrix)
        guard norm.rows > 0 else { return }
        let width = norm.width
        let memory = try scratch.reserve(byteCount: workers.threadCount * 4 * width * 4)
            .assumingMemoryBound(to: Float.self)
        if norm.rows == 1 { return quantizeNorm(norm, skipRows, 0, matrix, memory) }
        workers.run(count: (norm.rows + 3) / 4) { group, slot in
            quantizeNorm(norm, skipRows, group * 4, matrix, memory + slot * 4 * width)
        }
    }

    /// Norms and quantises a group of rows, with memory for four.
    private func quantizeNorm(
        _ norm: NormArguments, _ skipRows: Int, _ first: Int, _ matrix: QuantizedMatrix,
        _ normed: UnsafeMutablePointer<Float>
    ) {
        let width = norm.width
        let count = min(4, norm.rows - first)
        for row in 0..<count {
            let offset = (first + row) * width
            var args = onnxlm_norm_args(
                x: norm.x + offset, skip: norm.skip.map { $0 + (first + row) % skipRows * width },
                skip_row_stride: 0, skip_bias: norm.skipBias, scale: norm.scale, bias: norm.bias,
                y: normed + row * width, sum: norm.sum.map { $0 + offset }, rows: 1,
                width: Int64(width), epsilon: norm.epsilon)
            matrix.kernels.rmsNorm(&args)
        }
        quantizeGroup(normed, width, first, count, matrix)
    }

    /// Makes room for rows of the inputs of `matrix`.
    private func prepare(rows: Int, for matrix: QuantizedMatrix) throws(ONNXError) {
        let header = matrix.header
        let stored = Self.storedRows(rows)
        let paddedK = header.paddedK
        scalesOffset = (stored * paddedK + 63) / 64 * 64
        sumsOffset = scalesOffset + (stored * header.blocks * 4 + 63) / 64 * 64
        let byteCount = sumsOffset + stored * header.blocks * 4
        if memory == nil || (memory?.byteCount ?? 0) < byteCount {
            memory = nil
            memory = try AlignedMemory(byteCount: byteCount)
        }
        self.rows = rows
        k = header.k
        blockSize = header.blockSize
        blocks = header.blocks
    }

    private func quantizeGroup(
        _ x: UnsafePointer<Float>, _ stride: Int, _ first: Int, _ count: Int, _ matrix: QuantizedMatrix
    ) {
        var args = onnxlm_quantize_rows_args(
            x: x, x_row_stride: Int64(stride), rows: Int64(count), group_size: count == 1 ? 1 : 4,
            k: Int64(k), block_size: Int64(blockSize), blocks: Int64(blocks), values: values(row: first),
            scales: scales(row: first), sums: sums(row: first))
        if count == 4, blockSize % 32 == 0, k == blocks * blockSize {
            matrix.kernels.quantizeFourRows(&args)
        } else {
            matrix.kernels.quantizeRows(&args)
        }
    }

    /// - Throws: `kernel.quantized_matrix` if products of a matrix cannot read what is held.
    func check(_ matrix: QuantizedMatrix) throws(ONNXError) {
        guard fits(matrix) else {
            throw ONNXError(
                "kernel.quantized_matrix",
                """
                Activations quantised for K \(k) and block size \(blockSize) do not fit a matrix of K \(matrix.k) \
                and block size \(matrix.blockSize).
                """)
        }
    }

    /// Whether products of a matrix can read what is held.
    package func fits(_ matrix: QuantizedMatrix) -> Bool {
        matrix.usesQuantizedActivations && matrix.k == k && matrix.blockSize == blockSize
            && matrix.header.blocks == blocks && rows > 0
    }

    private var base: UnsafeMutableRawPointer {
        // Safety: reached only after `quantize` has made the memory.
        memory.unsafelyUnwrapped.base
    }

    func values(row: Int) -> UnsafeMutablePointer<Int8> {
        (base + row * blocks * blockSize).assumingMemoryBound(to: Int8.self)
    }

    func scales(row: Int) -> UnsafeMutablePointer<Float> {
        (base + (scalesOffset + row * blocks * 4)).assumingMemoryBound(to: Float.self)
    }

    func sums(row: Int) -> UnsafeMutablePointer<Int32> {
        (base + (sumsOffset + row * blocks * 4)).assumingMemoryBound(to: Int32.self)
    }
}
