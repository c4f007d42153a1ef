// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

extension RowKernels {
    /// Softmax of contiguous rows; y may be x. A row of −infinity alone gives zeros, a NaN makes its row NaN.
    package static func softmax(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int, width: Int,
        workers: WorkerPool,
        kernels: KernelSet = .current
    ) {
        if width == 0 { return }
        split(rows: rows, width: width, workers) { first, count in
            var args = onnxlm_softmax_args(
                x: x + first * width, y: y + first * width, rows: Int64(count), width: Int64(width))
            kernels.softmax(&args)
        }
    }
}
