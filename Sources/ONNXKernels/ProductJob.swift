// SPDX-License-Identifier: Apache-2.0

/// Products of one input, cut into tasks of some panels. Lies on the caller's stack, so that a token allocates nothing.
struct ProductJob: ~Copyable {
    let products: UnsafeBufferPointer<Part>
    let activations: QuantizedActivationRows
    let panelsPerTask: Int
    /// Of all products together.
    let panelCount: Int
    /// For each slot ``QuantizedActivationRows/productScratch`` bytes; where activations are sums of quantised rows, then
    /// ``QuantizedMatrix/termMemory(panels:rows:)`` floats.
    let memory: UnsafeMutableRawPointer?
    /// Bytes of ``memory`` for each slot, a multiple of 64.
    let slotSize: Int

    /// A product as tasks see it: one more or one less reference to a matrix would send a line of memory from core to core.
    struct Part {
        // Safety: the caller of the job holds the product.
        private let matrix: Unmanaged<QuantizedMatrix>
        let panelCount: Int
        let y: UnsafeMutablePointer<Float>
        let rowStride: Int
        let limitedPanels: Int
        let firstRow: Int

        init(_ product: QuantizedProduct) {
            matrix = .passUnretained(product.matrix)
            panelCount = product.matrix.panelCount
            y = product.y
            rowStride = product.rowStride
            limitedPanels = product.limitedPanels
            firstRow = product.firstRow
        }

        func withMatrix(_ body: (QuantizedMatrix) -> Void) { matrix._withUnsafeGuaranteedRef(body) }
    }

    func run(_ task: Int, _ slot: Int) {
        var first = task * panelsPerTask
        var left = min(panelsPerTask, panelCount - first)
        for product in products {
            if first >= product.panelCount {
                first -= product.panelCount
                continue
            }
            let count = min(left, product.panelCount - first)
            if count <= 0 { break }
            multiply(product, first..<first + count, slot)
            left -= count
            first = 0
        }
    }

    private func multiply(_ product: Part, _ panels: Range<Int>, _ slot: Int) {
        let border = min(max(product.limitedPanels, panels.lowerBound), panels.upperBound)
        let limited = panels.lowerBound..<border
        if !limited.isEmpty { multiply(product, limited, rows: product.firstRow..<activations.rows, slot) }
        let others = border..<panels.upperBound
        if !others.isEmpty { multiply(product, others, rows: 0..<activations.rows, slot) }
    }

    private func multiply(
        _ product: Part, _ panels: Range<Int>, rows: Range<Int>, _ slot: Int
    ) {
        let y = product.y + rows.lowerBound * product.rowStride
        let scratch = memory.map { $0 + slot * slotSize }
        product.withMatrix { matrix in
            guard activations.terms > 1, let scratch else {
                return matrix.multiplyPanels(
                    panels, activations, rows: rows, into: y, rowStride: product.rowStride,
                    bias: matrix.bias, scratch: scratch)
            }
            matrix.multiplyTerms(
                panels, activations, rows: rows, into: y, rowStride: product.rowStride,
                memory: (scratch + activations.productScratch).assumingMemoryBound(to: Float.self),
                scratch: scratch)
        }
    }
}
