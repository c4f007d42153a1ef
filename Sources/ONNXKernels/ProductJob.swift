// SPDX-License-Identifier: Apache-2.0

/// Products of one input, cut into tasks of some rows and panels: those of the same rows follow each other. Lies on the
/// caller's stack, so that a token allocates nothing.
struct ProductJob: ~Copyable {
    let products: UnsafeBufferPointer<QuantizedProduct>
    let activations: QuantizedActivationRows
    /// A multiple of 16, or all.
    let rowsPerTask: Int
    let panelsPerTask: Int
    /// Of all products together.
    let panelCount: Int
    /// Tasks of the same rows.
    let tasksPerPart: Int
    /// For each slot ``QuantizedActivationRows/productScratch`` bytes; where activations are sums of quantised rows, then
    /// ``QuantizedMatrix/termMemory(panels:rows:)`` floats.
    let memory: UnsafeMutableRawPointer?
    /// Bytes of ``memory`` for each slot, a multiple of 64.
    let slotSize: Int

    func run(_ task: Int, _ slot: Int) {
        // Divisions take their time, and a token is one part.
        let part = task < tasksPerPart ? 0 : task / tasksPerPart
        let firstRow = part * rowsPerTask
        let rows = firstRow..<min(firstRow + rowsPerTask, activations.rows)
        var first = (task - part * tasksPerPart) * panelsPerTask
        var left = min(panelsPerTask, panelCount - first)
        // By index: a copy of a product counts a reference to its matrix.
        for index in products.indices {
            let panels = withMatrix(index) { $0.panelCount }
            if first >= panels {
                first -= panels
                continue
            }
            let count = min(left, panels - first)
            if count <= 0 { break }
            multiply(index, first..<first + count, rows, slot)
            left -= count
            first = 0
        }
    }

    /// Lends the matrix of a product without counting a reference, which would send the line with the count from core to
    /// core.
    @inline(__always)
    private func withMatrix<Result>(_ index: Int, _ body: (QuantizedMatrix) -> Result) -> Result {
        // Safety: the caller of the job holds the products.
        Unmanaged.passUnretained(products[index].matrix)._withUnsafeGuaranteedRef(body)
    }

    private func multiply(_ index: Int, _ panels: Range<Int>, _ rows: Range<Int>, _ slot: Int) {
        let border = min(max(products[index].limitedPanels, panels.lowerBound), panels.upperBound)
        let limited = panels.lowerBound..<border
        let firstRow = max(products[index].firstRow, rows.lowerBound)
        if !limited.isEmpty && firstRow < rows.upperBound {
            multiply(index, limited, rows: firstRow..<rows.upperBound, slot)
        }
        let others = border..<panels.upperBound
        if !others.isEmpty { multiply(index, others, rows: rows, slot) }
    }

    private func multiply(_ index: Int, _ panels: Range<Int>, rows: Range<Int>, _ slot: Int) {
        let rowStride = products[index].rowStride
        let y = products[index].y + rows.lowerBound * rowStride
        let scratch = memory.map { $0 + slot * slotSize }
        withMatrix(index) { matrix in
            guard activations.terms > 1, let scratch else {
                return matrix.multiplyPanels(
                    panels, activations, rows: rows, into: y, rowStride: rowStride, bias: matrix.bias,
                    scratch: scratch)
            }
            matrix.multiplyTerms(
                panels, activations, rows: rows, into: y, rowStride: rowStride,
                memory: (scratch + activations.productScratch).assumingMemoryBound(to: Float.self),
                scratch: scratch)
        }
    }
}
