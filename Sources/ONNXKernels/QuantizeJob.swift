// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

/// The quantisation of rows of activations, or of their norms, cut into tasks of a group of four rows. Lies on the
/// caller's stack, so that a token allocates nothing.
struct QuantizeJob: ~Copyable {
    let x: UnsafePointer<Float>
    let rowStride: Int
    let target: QuantizedActivationRows
    let kernels: QuantizeKernels
    /// What is done to the rows first.
    var norm: UnsafePointer<Norm>?
    /// How rows become sums of quantised ones, where they do.
    var split: UnsafePointer<Split>?

    /// A root mean square norm, whose results pass through memory of four rows for each thread.
    struct Norm {
        let arguments: NormArguments
        /// Rows of `arguments.skip`, which serve the rows in turn.
        let skipRows: Int
        let kernel: KernelSet.Normalize
        /// `[slot][4][width]`.
        let memory: UnsafeMutablePointer<Float>
    }

    /// A row as the sum of three quantised rows: itself, what its quantisation leaves, and what that of the rest does.
    struct Split {
        static let terms = 3

        let order: PackedInputOrder
        /// `[slot][term][4][target.k]`.
        let memory: UnsafeMutablePointer<Float>
    }

    init(
        _ x: UnsafePointer<Float>, rowStride: Int, into target: QuantizedActivationRows, _ kernels: KernelSet
    ) {
        self.x = x
        self.rowStride = rowStride
        self.target = target
        self.kernels = QuantizeKernels(kernels, target)
    }

    func run(_ workers: WorkerPool) {
        // A decoder's token is one row.
        if target.rows == 1 { return run(0, 0) }
        withUnsafePointer(to: self) { job in
            workers.run(count: (target.rows + 3) / 4, context: job) { context, group, slot in
                context.assumingMemoryBound(to: QuantizeJob.self).pointee.run(group, slot)
            }
        }
    }

    private func run(_ group: Int, _ slot: Int) {
        let first = group * 4
        let count = min(4, target.rows - first)
        if let split { return quantize(split.pointee, first, count, slot) }
        guard let norm else {
            return quantize(x + first * rowStride, rowStride, count, at: first)
        }
        let skipRows = norm.pointee.skipRows
        let kernel = norm.pointee.kernel
        let arguments = norm.pointee.arguments
        let width = arguments.width
        let normed = norm.pointee.memory + slot * 4 * width
        for row in 0..<count {
            let offset = (first + row) * width
            var args = onnxlm_norm_args(
                x: arguments.x + offset,
                skip: arguments.skip.map { $0 + (first + row) % skipRows * width }, skip_row_stride: 0,
                skip_bias: arguments.skipBias, scale: arguments.scale, bias: arguments.bias,
                y: normed + row * width, sum: arguments.sum.map { $0 + offset }, rows: 1,
                width: Int64(width), epsilon: arguments.epsilon)
            kernel(&args)
        }
        quantize(normed, width, count, at: first)
    }

    private func quantize(_ x: UnsafePointer<Float>, _ stride: Int, _ count: Int, at stored: Int) {
        kernels.quantize(
            x, stride: stride, rows: count, into: target, stored: stored, blocks: 0..<target.blocks)
    }

    private func quantize(_ split: Split, _ first: Int, _ count: Int, _ slot: Int) {
        let k = target.k
        let rows = split.memory + slot * Split.terms * 4 * k
        for row in 0..<count { split.order.gather(x + (first + row) * rowStride, into: rows + row * k) }
        let stored = target.stored(first)
        if count == 1 {
            // The terms are rows of one group, whose fourth is nothing.
            for term in 1..<Split.terms { rest(rows + (term - 1) * k, into: rows + term * k) }
            (rows + Split.terms * k).update(repeating: 0, count: k)
            return quantize(rows, k, 4, at: stored)
        }
        (rows + count * k).update(repeating: 0, count: (4 - count) * k)
        for term in 0..<Split.terms {
            let these = rows + term * 4 * k
            quantize(these, k, 4, at: stored + term * 4)
            guard term + 1 < Split.terms else { break }
            for row in 0..<4 { rest(these + row * k, into: these + (4 + row) * k) }
        }
    }

    private func rest(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
        var args = onnxlm_quantization_error_args(
            x: x, y: y, k: Int64(target.k), block_size: Int64(target.blockSize))
        kernels.error(&args)
    }
}
