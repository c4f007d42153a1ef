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
        guard memory != nil, rows > 0 else { return }
        let stride = rowStride ?? header.k
        let kernels = matrix.kernels
        workers.run(count: (rows + 3) / 4) { group in
            let first = group * 4
            let count = min(4, rows - first)
            var args = onnxlm_quantize_rows_args(
                x: x + first * stride, x_row_stride: Int64(stride), rows: Int64(count),
                group_size: count == 1 ? 1 : 4, k: Int64(header.k), block_size: Int64(header.blockSize),
                blocks: Int64(header.blocks), values: values(row: first), scales: scales(row: first),
                sums: sums(row: first))
            kernels.quantizeRows(&args)
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
