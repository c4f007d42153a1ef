// SPDX-License-Identifier: Apache-2.0

/// Products of one input, cut into tasks of some panels. Lies on the caller's stack, so that a token allocates nothing.
struct ProductJob: ~Copyable {
    let products: UnsafeBufferPointer<QuantizedProduct>
    let activations: QuantizedActivations
    let panelsPerTask: Int
    /// Of all products together.
    let panelCount: Int

    func run(_ task: Int) {
        var first = task * panelsPerTask
        var left = min(panelsPerTask, panelCount - first)
        for product in products {
            let panels = product.matrix.panelCount
            if first >= panels {
                first -= panels
                continue
            }
            let count = min(left, panels - first)
            if count <= 0 { break }
            product.matrix.multiplyPanels(first, count, activations, product)
            left -= count
            first = 0
        }
    }
}

/// Gate and up of a feed-forward part, cut into tasks of the same panels of both.
struct GatedProductJob: ~Copyable {
    let activations: QuantizedActivations
    let gate: QuantizedMatrix
    let up: QuantizedMatrix
    let y: UnsafeMutablePointer<Float>
    let rowStride: Int
    /// `[slot][rows][panelsPerTask * 8]`, for what is computed of up.
    let memory: UnsafeMutablePointer<Float>
    let panelsPerTask: Int

    func run(_ task: Int, _ slot: Int) {
        let rows = activations.rows
        let first = task * panelsPerTask
        let count = min(panelsPerTask, gate.panelCount - first)
        let tileStride = panelsPerTask * 8
        let tile = memory + slot * rows * tileStride
        let column = first * 8
        gate.multiplyPanels(
            first, count, activations, QuantizedProduct(gate, into: y, rowStride: rowStride))
        up.multiplyPanels(
            first, count, activations, QuantizedProduct(up, into: tile - column, rowStride: tileStride))
        let width = min(count * 8, gate.n - column)
        for row in 0..<rows {
            let target = y + (row * rowStride + column)
            RowKernels.apply(
                gate.kernels.siluMultiply, target, tile + row * tileStride, into: target, count: width)
        }
    }
}
