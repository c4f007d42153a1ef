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
            && (!usesQuantizedActivations
                || blockSize == other.blockSize && header.blocks == other.header.blocks)
    }

    /// Computes some panels for all rows of the activations, on the calling thread.
    func multiplyPanels(
        _ firstPanel: Int, _ count: Int, _ activations: QuantizedActivations, _ product: QuantizedProduct
    ) {
        let rows = activations.rows
        let grouped = rows % 4 == 1 ? rows - 1 : rows
        var args = onnxlm_qmatmul_args(
            y: product.y, y_row_stride: Int64(product.rowStride), columns: Int64(n), panels: panels,
            layout: header.layout, first_panel: Int64(firstPanel), panel_count: Int64(count),
            values: activations.values(row: 0), scales: activations.scales(row: 0),
            sums: activations.sums(row: 0),
            rows: Int64(grouped), row_groups: Int64((grouped + 3) / 4), bias: bias)
        // Few enough rows at a time for their activations to stay in the second-level cache.
        let rowsAtOnce = max(4, 196_608 / max(1, header.paddedK) / 4 * 4)
        for first in stride(from: 0, to: grouped, by: rowsAtOnce) {
            let count = min(rowsAtOnce, grouped - first)
            args.y = product.y + first * product.rowStride
            args.values = UnsafePointer(activations.values(row: first))
            args.scales = UnsafePointer(activations.scales(row: first))
            args.sums = UnsafePointer(activations.sums(row: first))
            args.rows = Int64(count)
            args.row_groups = Int64((count + 3) / 4)
            manyRowsKernel(&args)
        }
        if grouped < rows {
            args.y = product.y + grouped * product.rowStride
            args.values = UnsafePointer(activations.values(row: grouped))
            args.scales = UnsafePointer(activations.scales(row: grouped))
            args.sums = UnsafePointer(activations.sums(row: grouped))
            args.rows = 1
            args.row_groups = 1
            oneRowKernel(&args)
        }
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
