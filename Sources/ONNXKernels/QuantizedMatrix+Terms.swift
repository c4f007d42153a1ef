// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

extension QuantizedMatrix {
    /// Quantised rows that rows of activations are kept as: one with accuracy level 4; three, whose sum has float32's
    /// precision, where activations are floats; 0: none, for products of floats (``multiplyFloat``).
    ///
    /// Zero points that are floats allow no quantised activations. Where three rows are slower than floats, a single
    /// row, which waits for memory, still takes them, unless its bits have to be those that it has among others.
    func activationTerms(rows: Int, _ workers: WorkerPool) -> Int {
        if usesQuantizedActivations { return 1 }
        if header.zeroPointKind == ONNXLM_ZERO_POINT_F32 { return 0 }
        let isSingle = rows == 1 && !workers.multipliesInFixedOrder
        return kernels.multipliesTerms || isSingle ? QuantizeJob.Split.terms : 0
    }

    /// Rows that are multiplied before their terms are added up: few enough for the first-level cache.
    static let rowsOfTerms = 32

    /// Floats that ``multiplyTerms(_:_:rows:into:rowStride:memory:)`` needs for so many panels.
    static func termMemory(panels: Int, rows: Int) -> Int {
        (min(rowsOfTerms, rows) + 3) / 4 * 4 * QuantizeJob.Split.terms * panels * 8
    }

    /// Computes some panels for some rows whose activations are sums of quantised rows, on the calling thread.
    ///
    /// The products of a row's terms are added in their order, the largest first, then the bias; so the bits of a row
    /// do not depend on the others.
    /// - Parameters:
    ///   - rows: from a multiple of 4 on, to such a multiple or to the end.
    ///   - y: where the first of the rows goes.
    ///   - memory: ``termMemory(panels:rows:)`` floats.
    ///   - scratch: ``QuantizedActivationRows/productScratch`` bytes.
    func multiplyTerms(
        _ panels: Range<Int>, _ activations: QuantizedActivationRows, rows: Range<Int>,
        into y: UnsafeMutablePointer<Float>, rowStride: Int, memory: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutableRawPointer
    ) {
        let terms = activations.terms
        let width = panels.count * 8
        let column = panels.lowerBound * 8
        let columns = min(width, n - column)
        let bias = bias.map { $0 + column }
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.rowsOfTerms) {
            let count = min(Self.rowsOfTerms, rows.upperBound - first)
            let single = count % 4 == 1 ? count - 1 : count
            let stored = activations.stored(first)
            let grouped = (single + 3) / 4 * 4 * terms
            if grouped > 0 {
                multiplyPanels(
                    panels, activations, rows: stored..<stored + grouped, into: memory - column,
                    rowStride: width, bias: nil, scratch: scratch)
            }
            let target = y + (first - rows.lowerBound) * rowStride
            var separate = count
            if single < count {
                let own = activations.stored(first + single)
                if let kernel = oneRowOfTermsKernel {
                    var args = arguments(
                        panels, activations, rows: own..<own + terms, into: target + single * rowStride,
                        rowStride: rowStride, bias: self.bias)
                    kernel(&args)
                    separate = single
                } else {
                    multiplyPanels(
                        panels, activations, rows: own..<own + terms,
                        into: memory + grouped * width - column, rowStride: width, bias: nil,
                        scratch: scratch)
                }
            }
            for row in 0..<separate {
                let isSingle = row == single
                let place = isSingle ? grouped : row / 4 * 4 * terms + row % 4
                addTerms(
                    memory + place * width, stride: isSingle ? width : 4 * width, terms, bias,
                    into: target + (row * rowStride + column), columns)
            }
        }
    }

    private func addTerms(
        _ x: UnsafePointer<Float>, stride: Int, _ terms: Int, _ bias: UnsafePointer<Float>?,
        into y: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        RowKernels.apply(kernels.add, x, x + stride, into: y, count: count)
        for term in 2..<terms { RowKernels.apply(kernels.add, y, x + term * stride, into: y, count: count) }
        if let bias { RowKernels.apply(kernels.add, y, bias, into: y, count: count) }
    }
}
