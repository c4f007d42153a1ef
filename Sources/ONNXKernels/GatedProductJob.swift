// SPDX-License-Identifier: Apache-2.0

/// Gate and up of a feed-forward part, cut into tasks of some rows and the same panels of both. What they give goes on as
/// floats, or quantised for the product that follows. Lies on the caller's stack, so that a token allocates nothing.
struct GatedProductJob: ~Copyable {
    let activations: QuantizedActivationRows
    let gate: QuantizedMatrix
    let up: QuantizedMatrix
    let result: Result
    /// For each slot ``QuantizedActivationRows/productScratch`` bytes, then `[2][rowsAtOnce][panelsPerTask * 8]`, for what
    /// is computed of gate and up.
    let memory: UnsafeMutableRawPointer
    /// Bytes of ``memory`` for each slot.
    let slotSize: Int
    let panelsPerTask: Int
    let rowsPerTask: Int

    enum Result {
        case floats(UnsafeMutablePointer<Float>, rowStride: Int)
        case quantized(QuantizedActivationRows, QuantizeKernels)
    }

    /// Rows whose products are computed before they are joined: so few that these stay in the first-level cache, or more where
    /// weights are unpacked once for all of them.
    static func rowsAtOnce(_ activations: QuantizedActivationRows) -> Int {
        activations.tilesOffset != nil || activations.unpacksColumns ? 128 : 32
    }

    /// Floats of ``memory`` for each slot.
    static func slotSize(_ activations: QuantizedActivationRows, panelsPerTask: Int) -> Int {
        2 * rowsAtOnce(activations) * panelsPerTask * 8
    }

    private var rowParts: Int { (activations.rows + rowsPerTask - 1) / rowsPerTask }

    var taskCount: Int { rowParts * ((gate.panelCount + panelsPerTask - 1) / panelsPerTask) }

    func run(_ task: Int, _ slot: Int) {
        let firstPanel = task / rowParts * panelsPerTask
        let panels = firstPanel..<min(firstPanel + panelsPerTask, gate.panelCount)
        let firstRow = task % rowParts * rowsPerTask
        let end = min(firstRow + rowsPerTask, activations.rows)
        let rowsAtOnce = Self.rowsAtOnce(activations)
        for row in stride(from: firstRow, to: end, by: rowsAtOnce) {
            join(row..<min(row + rowsAtOnce, end), panels, slot)
        }
    }

    private func join(_ rows: Range<Int>, _ panels: Range<Int>, _ slot: Int) {
        let stride = panelsPerTask * 8
        let scratch = memory + slot * slotSize
        let first = (scratch + activations.productScratch).assumingMemoryBound(to: Float.self)
        let second = first + Self.rowsAtOnce(activations) * stride
        let column = panels.lowerBound * 8
        gate.multiplyPanels(
            panels, activations, rows: rows, into: first - column, rowStride: stride, bias: gate.bias,
            scratch: scratch)
        up.multiplyPanels(
            panels, activations, rows: rows, into: second - column, rowStride: stride, bias: up.bias,
            scratch: scratch)
        let width = min(panels.count * 8, gate.n - column)
        switch result {
        case .floats(let y, let rowStride):
            multiply(
                first, second, into: y + (rows.lowerBound * rowStride + column), rowStride: rowStride,
                rows: rows.count, width: width)
        case .quantized(let target, let kernels):
            multiply(first, second, into: first, rowStride: stride, rows: rows.count, width: width)
            let end =
                panels.upperBound == gate.panelCount ? target.blocks : (column + width) / target.blockSize
            for row in Swift.stride(from: 0, to: rows.count, by: 4) {
                kernels.quantize(
                    first + row * stride, stride: stride, rows: min(4, rows.count - row), into: target,
                    stored: target.stored(rows.lowerBound + row), blocks: column / target.blockSize..<end)
            }
        }
    }

    /// `silu(first) * second` of all rows; in one call where nothing lies between them.
    private func multiply(
        _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
        rowStride: Int, rows: Int, width: Int
    ) {
        let stride = panelsPerTask * 8
        let isOneRow = width == stride && rowStride == stride
        for row in 0..<(isOneRow ? 1 : rows) {
            RowKernels.apply(
                gate.kernels.siluMultiply, first + row * stride, second + row * stride,
                into: y + row * rowStride, count: isOneRow ? rows * stride : width)
        }
    }
}
