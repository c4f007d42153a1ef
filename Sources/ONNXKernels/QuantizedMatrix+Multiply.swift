// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
package import ONNXErrors

/// Where the product of one matrix goes.
package struct QuantizedProduct {
    package var matrix: QuantizedMatrix
    /// `[rows, N]`, rows `rowStride` elements apart.
    package var y: UnsafeMutablePointer<Float>
    package var rowStride: Int

    /// `rowStride` is N unless given.
    package init(_ matrix: QuantizedMatrix, into y: UnsafeMutablePointer<Float>, rowStride: Int? = nil) {
        self.matrix = matrix
        self.y = y
        self.rowStride = rowStride ?? matrix.n
    }
}

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
        try Self.multiply(
            x, rows: rows, xRowStride: xRowStride, products: [product], workers: workers, scratch: scratch)
    }

    /// Several products of the same input, one job for the workers; all matrices have the same K.
    ///
    /// - Throws: `memory.exhausted`, `kernel.quantized_matrix` if the matrices differ in K.
    package static func multiply(
        _ x: UnsafePointer<Float>, rows: Int, xRowStride: Int? = nil, products: [QuantizedProduct],
        workers: WorkerPool, scratch: KernelScratch
    ) throws(ONNXError) {
        guard let first = products.first, rows > 0 else { return }
        let stride = xRowStride ?? first.matrix.k
        for product in products where product.matrix.k != first.matrix.k {
            throw ONNXError(
                "kernel.quantized_matrix",
                "Products of one input need matrices of equal K, not \(first.matrix.k) and \(product.matrix.k)."
            )
        }
        var pending = products[...]
        while let leader = pending.first {
            let same = pending.prefix { $0.matrix.sharesActivations(with: leader.matrix) }
            pending = pending.dropFirst(same.count)
            if leader.matrix.usesQuantizedActivations {
                let activations = scratch.activations
                try activations.quantize(
                    x, rows: rows, rowStride: stride, for: leader.matrix, workers: workers)
                try multiply(activations, products: Array(same), workers: workers)
            } else {
                for product in same {
                    try product.matrix.multiplyFloat(
                        x, rows: rows, xRowStride: stride, into: product.y, yRowStride: product.rowStride,
                        workers: workers, scratch: scratch)
                }
            }
        }
    }

    /// Several products of activations that are quantised already.
    ///
    /// - Throws: `kernel.quantized_matrix` if the activations are not for one of the matrices.
    package static func multiply(
        _ activations: QuantizedActivations, products: [QuantizedProduct], workers: WorkerPool
    ) throws(ONNXError) {
        var panels: [Int] = []
        var total = 0
        for product in products {
            guard activations.fits(product.matrix) else {
                throw ONNXError(
                    "kernel.quantized_matrix",
                    """
                    Activations quantised for K \(activations.k) and block size \(activations.blockSize) do not fit \
                    a matrix of K \(product.matrix.k) and block size \(product.matrix.blockSize).
                    """)
            }
            panels.append(product.matrix.header.panelCount)
            total += product.matrix.header.panelCount
        }
        // Enough tasks for the threads to even out, each long enough to stream through memory.
        let perTask = max(2, min(64, total / (workers.threadCount * 8)) / 2 * 2)
        workers.run(count: (total + perTask - 1) / perTask) { task in
            var first = task * perTask
            var left = min(perTask, total - first)
            for (index, product) in products.enumerated() {
                if first >= panels[index] {
                    first -= panels[index]
                    continue
                }
                let count = min(left, panels[index] - first)
                if count <= 0 { break }
                product.matrix.multiplyPanels(
                    first, count, activations, product)
                left -= count
                first = 0
            }
        }
    }

    private func sharesActivations(with other: QuantizedMatrix) -> Bool {
        usesQuantizedActivations == other.usesQuantizedActivations
            && (!usesQuantizedActivations
                || blockSize == other.blockSize && header.blocks == other.header.blocks)
    }

    private func multiplyPanels(
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
