// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

/// The rows a norm reads and writes, all contiguous `[rows, width]` unless said otherwise.
package struct NormArguments {
    package var x: UnsafePointer<Float>
    /// Added to x before the norm.
    package var skip: UnsafePointer<Float>?
    /// The one row of ``skip`` serves all rows.
    package var sharesSkipRow = false
    /// `[width]`, added too.
    package var skipBias: UnsafePointer<Float>?
    /// `[width]`.
    package var scale: UnsafePointer<Float>
    /// `[width]`, added after the scale.
    package var bias: UnsafePointer<Float>?
    /// May be x or skip.
    package var y: UnsafeMutablePointer<Float>
    /// Receives `x + skip + skipBias`; may be x or skip, not y.
    package var sum: UnsafeMutablePointer<Float>?
    package var rows: Int
    package var width: Int
    package var epsilon: Float

    package init(
        x: UnsafePointer<Float>, scale: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>, rows: Int,
        width: Int,
        epsilon: Float
    ) {
        self.x = x
        self.scale = scale
        self.y = y
        self.rows = rows
        self.width = width
        self.epsilon = epsilon
    }
}

extension RowKernels {
    /// `s / sqrt(mean(s²) + epsilon) * scale (+ bias)`, s being x with what is to be added.
    package static func rmsNorm(
        _ arguments: NormArguments, workers: WorkerPool, kernels: KernelSet = .current
    ) {
        normalize(arguments, workers, kernels.rmsNorm)
    }

    /// `(s - mean) / sqrt(variance + epsilon) * scale (+ bias)`, s being x with what is to be added.
    package static func layerNorm(
        _ arguments: NormArguments, workers: WorkerPool, kernels: KernelSet = .current
    ) {
        normalize(arguments, workers, kernels.layerNorm)
    }

    private static func normalize(_ a: NormArguments, _ workers: WorkerPool, _ kernel: KernelSet.Normalize) {
        if a.width == 0 { return }
        split(rows: a.rows, width: a.width, workers) { first, count in
            let offset = first * a.width
            var args = onnxlm_norm_args(
                x: a.x + offset, skip: a.skip.map { $0 + (a.sharesSkipRow ? 0 : offset) },
                skip_row_stride: a.sharesSkipRow ? 0 : 1, skip_bias: a.skipBias, scale: a.scale, bias: a.bias,
                y: a.y + offset, sum: a.sum.map { $0 + offset }, rows: Int64(count), width: Int64(a.width),
                epsilon: a.epsilon)
            kernel(&args)
        }
    }
}
