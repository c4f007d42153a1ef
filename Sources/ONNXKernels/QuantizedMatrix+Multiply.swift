// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
package import ONNXErrors

extension QuantizedMatrix {
    /// `y[rows, N] = x[rows, K] Wᵀ + bias`; the bits of a row do not depend on the other rows or on the threads.
    ///
    /// y must not overlap x.
    /// - Throws: `memory.exhausted`.
    package func multiply(
        _ x: UnsafePointer<Float>, rows: Int, xRowStride: Int? = nil, into y: UnsafeMutablePointer<Float>,
        yRowStride: Int? = nil, workers: WorkerPool, scratch: KernelScratch
    ) throws(ONNXError) {
        let product = QuantizedProduct(self, into: y, rowStride: yRowStride)
        try withUnsafePointer(to: product) { (pointer) throws(ONNXError) in
            try QuantizedProducts.multiply(
                x, rows: rows, xRowStride: xRowStride, UnsafeBufferPointer(start: pointer, count: 1),
                workers: workers, scratch: scratch)
        }
    }

    /// Columns in panels of 8.
    var panelCount: Int { header.panelCount }

    /// Whether activations quantised for one matrix serve the other.
    package func sharesActivations(with other: QuantizedMatrix) -> Bool {
        usesQuantizedActivations == other.usesQuantizedActivations
            && (header.zeroPointKind == ONNXLM_ZERO_POINT_F32)
                == (other.header.zeroPointKind == ONNXLM_ZERO_POINT_F32)
            && blockSize == other.blockSize && header.blocks == other.header.blocks
            && permutation == other.permutation
    }

    /// Computes some panels for some rows of the activations, on the calling thread.
    ///
    /// - Parameters:
    ///   - rows: quantised rows as they are stored, from a multiple of 4 on; the last may stand for itself, else they
    ///     fill groups of four, or all but the last rows of one.
    ///   - y: where the first of the rows goes.
    ///   - scratch: ``QuantizedActivationRows/productScratch`` bytes for this thread.
    func multiplyPanels(
        _ panels: Range<Int>, _ activations: QuantizedActivationRows, rows: Range<Int>,
        into y: UnsafeMutablePointer<Float>, rowStride: Int, bias: UnsafePointer<Float>?,
        scratch: UnsafeMutableRawPointer?
    ) {
        // A single last row has a layout of its own.
        let grouped = rows.count % 4 == 1 ? rows.count - 1 : rows.count
        if activations.unpacksColumns && grouped >= QuantizedActivationRows.leastRowsOfColumns,
            let kernel = kernels.qgemmColumns
        {
            let mostRows = 4 * Int(ONNXLM_COLUMN_GROUPS)
            for first in stride(from: 0, to: grouped, by: mostRows) {
                let row = rows.lowerBound + first
                let count = min(mostRows, grouped - first)
                let most = QuantizedActivationRows.mostPanels(rows: count)
                for panel in stride(from: panels.lowerBound, to: panels.upperBound, by: most) {
                    var args = arguments(
                        panel..<min(panel + most, panels.upperBound), activations,
                        rows: row..<row + count, into: y + first * rowStride, rowStride: rowStride, bias: bias
                    )
                    args.scratch = scratch
                    kernel(&args)
                }
            }
        } else {
            multiplyGroups(
                panels, activations, rows: rows.lowerBound..<rows.lowerBound + grouped, into: y,
                rowStride: rowStride, bias: bias, scratch: scratch)
        }
        if grouped < rows.count {
            var args = arguments(
                panels, activations, rows: rows.upperBound - 1..<rows.upperBound,
                into: y + grouped * rowStride, rowStride: rowStride, bias: bias)
            oneRowKernel(&args)
        }
    }

    /// Groups of four rows, from a multiple of 4 on.
    private func multiplyGroups(
        _ panels: Range<Int>, _ activations: QuantizedActivationRows, rows: Range<Int>,
        into y: UnsafeMutablePointer<Float>, rowStride: Int, bias: UnsafePointer<Float>?,
        scratch: UnsafeMutableRawPointer?
    ) {
        // Few enough rows at a time for their activations to stay in the second-level cache, and pairs of groups of
        // four; or whole tiles, where that cache is larger.
        let (bytesAtOnce, step) = activations.tilesOffset == nil ? (196_608, 8) : (786_432, 16)
        let rowsAtOnce = max(step, bytesAtOnce / max(1, header.paddedK) / step * step)
        for row in stride(from: rows.lowerBound, to: rows.upperBound, by: rowsAtOnce) {
            var args = arguments(
                panels, activations, rows: row..<min(row + rowsAtOnce, rows.upperBound),
                into: y + (row - rows.lowerBound) * rowStride, rowStride: rowStride, bias: bias)
            if row % 16 == 0 {
                args.tiles = UnsafePointer(activations.tiles(stored: row))
                args.tile_scales = UnsafePointer(activations.tileScales(stored: row))
                args.scratch = scratch
            }
            manyRowsKernel(&args)
        }
    }

    /// What kernels are told of a product of quantised rows, from a multiple of 4 on.
    func arguments(
        _ panels: Range<Int>, _ activations: QuantizedActivationRows, rows: Range<Int>,
        into y: UnsafeMutablePointer<Float>, rowStride: Int, bias: UnsafePointer<Float>?
    ) -> onnxlm_qmatmul_args {
        onnxlm_qmatmul_args(
            y: y, y_row_stride: Int64(rowStride), columns: Int64(n), panels: self.panels,
            layout: layout, first_panel: Int64(panels.lowerBound), panel_count: Int64(panels.count),
            values: activations.values(stored: rows.lowerBound),
            scales: activations.scales(stored: rows.lowerBound),
            sums: activations.sums(stored: rows.lowerBound),
            centres: activations.centres(stored: rows.lowerBound), rows: Int64(rows.count),
            row_groups: Int64((rows.count + 3) / 4), bias: bias,
            tiles: nil, tile_scales: nil, scratch: nil)
    }

    /// One row, given as the sum of the first three quantised rows of a group.
    var oneRowOfTermsKernel: KernelSet.QuantizedMultiply? {
        if bits == 8 { return kernels.qgemvTerms8 }
        return blockSize < 32 ? kernels.qgemvTerms4Block16 : kernels.qgemvTerms4
    }

    private var oneRowKernel: KernelSet.QuantizedMultiply {
        if bits == 8 { return kernels.qgemv8 }
        return blockSize < 32 ? kernels.qgemv4Block16 : kernels.qgemv4
    }

    private var manyRowsKernel: KernelSet.QuantizedMultiply {
        if bits == 8 { return kernels.qgemm8 }
        return blockSize < 32 ? kernels.qgemm4Block16 : kernels.qgemm4
    }
}
