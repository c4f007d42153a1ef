// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
import ONNXErrors

extension QuantizedMatrix {
    /// Inputs that one step of a float product takes; part of the order of summation.
    static let chunk = 256

    /// The product with float activations: tiles of weights are dequantised and multiplied in a fixed order.
    func multiplyFloat(
        _ x: UnsafePointer<Float>, rows: Int, xRowStride: Int, into y: UnsafeMutablePointer<Float>,
        yRowStride: Int,
        workers: WorkerPool, scratch: KernelScratch
    ) throws(ONNXError) {
        let order = inputOrder
        let needsCopy = !order.isUnchanged
        let copyByteCount = needsCopy ? (rows * header.paddedK * 4 + 63) / 64 * 64 : 0
        let tileByteCount = rows > 1 ? Self.chunk * 16 * 4 : 0
        let memory = try scratch.reserve(byteCount: copyByteCount + tileByteCount * workers.threadCount)
        var input = x
        var stride = xRowStride
        if needsCopy {
            let copy = memory.assumingMemoryBound(to: Float.self)
            for row in 0..<rows { order.gather(x + row * xRowStride, into: copy + row * header.paddedK) }
            input = UnsafePointer(copy)
            stride = header.paddedK
        }
        if rows == 1 {
            multiplyFloatRow(input, into: y, workers: workers)
            return
        }
        let pairs = (header.panelCount + 1) / 2
        let tiles = memory + copyByteCount
        workers.run(count: pairs) { pair, slot in
            let tile = (tiles + slot * tileByteCount).assumingMemoryBound(to: Float.self)
            multiplyFloatTile(pair, input, rows, stride, y, yRowStride, tile)
        }
    }

    private func multiplyFloatRow(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, workers: WorkerPool
    ) {
        let total = header.panelCount
        let perTask = max(8, min(64, total / (workers.threadCount * 8)) / 8 * 8)
        let job = FloatRowJob(matrix: self, x: x, y: y, panelsPerTask: perTask)
        withUnsafePointer(to: job) { job in
            workers.run(count: (total + perTask - 1) / perTask, context: job) { context, task, _ in
                context.assumingMemoryBound(to: FloatRowJob.self).pointee.run(task)
            }
        }
    }

    fileprivate func multiplyFloatPanels(
        _ first: Int, _ count: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
    ) {
        var args = onnxlm_qgemv_f32_args(
            y: y, columns: Int64(n), panels: panels, layout: layout, first_panel: Int64(first),
            panel_count: Int64(count), x: x, bias: bias)
        (bits == 4 ? kernels.qgemvFloat4 : kernels.qgemvFloat8)(&args)
    }

    private func multiplyFloatTile(
        _ pair: Int, _ x: UnsafePointer<Float>, _ rows: Int, _ xRowStride: Int,
        _ y: UnsafeMutablePointer<Float>,
        _ yRowStride: Int, _ tile: UnsafeMutablePointer<Float>
    ) {
        let columns = min(16, n - pair * 16)
        let target = y + pair * 16
        var start = 0
        repeat {
            let count = min(Self.chunk, header.paddedK - start)
            var tileArgs = onnxlm_dequantize_tile_args(
                panels: panels, layout: layout, first_panel: Int64(pair * 2),
                panel_count: Int64(min(2, header.panelCount - pair * 2)), first_unit: Int64(start / 32),
                units: Int64(count / 32), tile: tile)
            (bits == 4 ? kernels.dequantizeTile4 : kernels.dequantizeTile8)(&tileArgs)
            var args = onnxlm_sgemm_tile_args(
                a: x + start, a_row_stride: Int64(xRowStride), tile: tile, k: Int64(count), rows: Int64(rows),
                c: target, c_row_stride: Int64(yRowStride), columns: Int64(columns),
                accumulates: start > 0 ? 1 : 0)
            kernels.multiplyTile(&args)
            start += Self.chunk
        } while start < header.paddedK
        guard let bias else { return }
        for row in 0..<rows {
            for column in 0..<columns { target[row * yRowStride + column] += bias[pair * 16 + column] }
        }
    }
}

/// The product of one row of float activations, cut into tasks of some panels. Lies on the caller's stack, so that a
/// token allocates nothing.
private struct FloatRowJob: ~Copyable {
    let matrix: QuantizedMatrix
    let x: UnsafePointer<Float>
    let y: UnsafeMutablePointer<Float>
    let panelsPerTask: Int

    func run(_ task: Int) {
        let first = task * panelsPerTask
        matrix.multiplyFloatPanels(first, min(panelsPerTask, matrix.panelCount - first), x, into: y)
    }
}
