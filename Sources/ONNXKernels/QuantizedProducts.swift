// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
package import ONNXErrors

/// Where the product of one matrix goes.
package struct QuantizedProduct {
    package var matrix: QuantizedMatrix
    /// `[rows, N]`, rows `rowStride` elements apart.
    package var y: UnsafeMutablePointer<Float>
    package var rowStride: Int
    /// Panels before this are computed for the rows from ``firstRow`` on, the others for all.
    private(set) var limitedPanels = 0
    /// A multiple of 16.
    private(set) var firstRow = 0

    /// `rowStride` is N unless given.
    package init(_ matrix: QuantizedMatrix, into y: UnsafeMutablePointer<Float>, rowStride: Int? = nil) {
        self.matrix = matrix
        self.y = y
        self.rowStride = rowStride ?? matrix.n
    }

    /// Says that of the first `columns` only the rows from `first` on are wanted; of the others y keeps what it has, or
    /// gets what they are.
    package mutating func limit(columns: Int, toRowsFrom first: Int) {
        limitedPanels = max(0, columns) / 8
        firstRow = max(0, first) / 16 * 16
    }
}

/// Products of one input with several matrices, as one job for the workers. Nothing here allocates but the memory
/// that activations and scratch keep.
package enum QuantizedProducts {
    /// Rows from which on products take so long that the fewest panels make a task.
    private static let manyRows = 64

    /// Panels of 8 columns that a task takes: enough tasks for the threads to even out, each long enough to stream
    /// through memory.
    ///
    /// - Parameters:
    ///   - step: a multiple of so many.
    ///   - most: of many rows no more than so many panels.
    private static func panelsPerTask(
        _ total: Int, rows: Int, step: Int, most: Int, _ workers: WorkerPool
    ) -> Int {
        max(step, min(rows >= manyRows ? most : 64, total / (workers.threadCount * 8)) / step * step)
    }

    /// Several products of the same input; all matrices have the same K.
    ///
    /// - Throws: `memory.exhausted`, `kernel.quantized_matrix` if the matrices differ in K.
    package static func multiply(
        _ x: UnsafePointer<Float>, rows: Int, xRowStride: Int? = nil,
        _ products: UnsafeBufferPointer<QuantizedProduct>, workers: WorkerPool, scratch: KernelScratch
    ) throws(ONNXError) {
        guard let first = products.first, rows > 0 else { return }
        let stride = xRowStride ?? first.matrix.k
        for product in products where product.matrix.k != first.matrix.k {
            throw ONNXError(
                "kernel.quantized_matrix",
                "Products of one input need matrices of equal K, not \(first.matrix.k) and \(product.matrix.k)."
            )
        }
        var start = 0
        while start < products.count {
            let leader = products[start].matrix
            var end = start + 1
            while end < products.count, products[end].matrix.sharesActivations(with: leader) { end += 1 }
            if leader.activationTerms(rows: rows, workers) > 0 {
                try scratch.activations.quantize(
                    x, rows: rows, rowStride: stride, for: leader, workers: workers, scratch: scratch)
                try multiply(
                    scratch.activations, UnsafeBufferPointer(rebasing: products[start..<end]),
                    workers: workers, scratch: scratch)
            } else {
                for product in products[start..<end] {
                    try product.matrix.multiplyFloat(
                        x, rows: rows, xRowStride: stride, into: product.y, yRowStride: product.rowStride,
                        workers: workers, scratch: scratch)
                }
            }
            start = end
        }
    }

    /// Several products of activations that are quantised already.
    ///
    /// - Throws: `kernel.quantized_matrix` if the activations are not for one of the matrices, `memory.exhausted`.
    package static func multiply(
        _ activations: QuantizedActivations, _ products: UnsafeBufferPointer<QuantizedProduct>,
        workers: WorkerPool, scratch: KernelScratch
    ) throws(ONNXError) {
        guard let first = products.first else { return }
        let held = try activations.rows(for: first.matrix)
        var total = 0
        for product in products {
            _ = try activations.rows(for: product.matrix)
            total += product.matrix.panelCount
        }
        let rowsPerTask = held.rowsPerTask
        let parts = max(1, (held.rows + rowsPerTask - 1) / rowsPerTask)
        // Terms are added up in runs of a task's columns.
        let most = held.unpacksColumns ? QuantizedActivationRows.mostPanels(rows: rowsPerTask) : 2
        let perTask = panelsPerTask(
            total * parts, rows: held.rows, step: held.panelsAtOnce, most: held.terms > 1 ? 8 : most,
            workers)
        let terms = held.terms > 1 ? 4 * QuantizedMatrix.termMemory(panels: perTask, rows: held.rows) : 0
        let slotSize = held.productScratch + (terms + 63) / 64 * 64
        var memory: UnsafeMutableRawPointer?
        if slotSize > 0 { memory = try scratch.reserve(byteCount: slotSize * workers.threadCount) }
        let tasksPerPart = (total + perTask - 1) / perTask
        let job = ProductJob(
            products: products, activations: held, rowsPerTask: rowsPerTask, panelsPerTask: perTask,
            panelCount: total, tasksPerPart: tasksPerPart, memory: memory, slotSize: slotSize)
        withUnsafePointer(to: job) { job in
            workers.run(count: parts * tasksPerPart, context: job) { context, task, slot in
                context.assumingMemoryBound(to: ProductJob.self).pointee.run(task, slot)
            }
        }
    }

    /// One product of activations that are quantised already.
    private static func multiply(
        _ product: QuantizedProduct, _ activations: QuantizedActivations, workers: WorkerPool,
        scratch: KernelScratch
    ) throws(ONNXError) {
        try withUnsafePointer(to: product) { (pointer) throws(ONNXError) in
            try multiply(
                activations, UnsafeBufferPointer(start: pointer, count: 1), workers: workers, scratch: scratch
            )
        }
    }

    /// `y = silu(x Gᵀ) · (x Uᵀ)`: the gate and the upward product of a feed-forward part in one job, each task
    /// joining the columns that it has computed. The bits are those of the separate steps.
    ///
    /// - Throws: `kernel.quantized_matrix` if the matrices differ in size or the activations are not for them,
    ///   `memory.exhausted`.
    package static func multiplyGated(
        _ activations: QuantizedActivations, gate: QuantizedMatrix, up: QuantizedMatrix,
        into y: UnsafeMutablePointer<Float>, rowStride: Int, workers: WorkerPool, scratch: KernelScratch
    ) throws(ONNXError) {
        try multiplyGated(
            activations, gate: gate, up: up, into: .floats(y, rowStride: rowStride), panelsOfBlock: 1,
            workers: workers, scratch: scratch)
    }

    /// `y = (silu(x Gᵀ) · (x Uᵀ)) Dᵀ + bias`: a feed-forward part. The tasks of gate and up quantise what they give for
    /// the product that follows, so it is never written as floats. The bits are those of the separate steps.
    ///
    /// - Throws: `kernel.quantized_matrix` if the matrices do not fit together or the activations are not for them,
    ///   `memory.exhausted`.
    package static func multiplyFeedForward(
        _ activations: QuantizedActivations, gate: QuantizedMatrix, up: QuantizedMatrix,
        down: QuantizedMatrix,
        into y: UnsafeMutablePointer<Float>, workers: WorkerPool, scratch: KernelScratch
    ) throws(ONNXError) {
        guard down.k == gate.n, down.usesQuantizedActivations, down.permutation == nil else {
            throw ONNXError(
                "kernel.quantized_matrix",
                """
                The way down needs a matrix of accuracy level 4 without g_idx and of K \(gate.n), not \(down.k).
                """)
        }
        let inner = scratch.innerActivations
        let target = try inner.prepare(rows: activations.rows, terms: 1, for: down)
        try multiplyGated(
            activations, gate: gate, up: up, into: .quantized(target, QuantizeKernels(down.kernels, target)),
            panelsOfBlock: max(32, down.blockSize) / 8, workers: workers, scratch: scratch)
        try multiply(QuantizedProduct(down, into: y), inner, workers: workers, scratch: scratch)
    }

    /// - Parameter panelsOfBlock: tasks take a multiple of so many.
    private static func multiplyGated(
        _ activations: QuantizedActivations, gate: QuantizedMatrix, up: QuantizedMatrix,
        into result: GatedProductJob.Result, panelsOfBlock: Int, workers: WorkerPool, scratch: KernelScratch
    ) throws(ONNXError) {
        let held = try activations.rows(for: gate)
        _ = try activations.rows(for: up)
        guard gate.n == up.n, held.terms == 1 else {
            throw ONNXError(
                "kernel.quantized_matrix",
                """
                Gate and up need matrices of equal N, not \(gate.n) and \(up.n), and activations of accuracy level 4.
                """)
        }
        let wanted = panelsPerTask(
            2 * gate.panelCount, rows: held.rows, step: held.panelsAtOnce, most: 8, workers)
        let perTask = (wanted + panelsOfBlock - 1) / panelsOfBlock * panelsOfBlock
        let slotSize = 4 * GatedProductJob.slotSize(held, panelsPerTask: perTask) + held.productScratch
        let memory = try scratch.reserve(byteCount: slotSize * workers.threadCount)
        let job = GatedProductJob(
            activations: held, gate: gate, up: up, result: result, memory: memory, slotSize: slotSize,
            panelsPerTask: perTask, rowsPerTask: 128)
        withUnsafePointer(to: job) { job in
            workers.run(count: job.pointee.taskCount, context: job) { context, task, slot in
                context.assumingMemoryBound(to: GatedProductJob.self).pointee.run(task, slot)
            }
        }
    }
}
