// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

/// The 16-bit float formats.
package enum HalfFormat: Sendable, Hashable, CaseIterable {
    case float16
    case bfloat16
}

extension RowKernels {
    /// 16-bit floats to float32, exact. Source and destination must not overlap.
    package static func convert(
        _ x: UnsafePointer<UInt16>, as format: HalfFormat, into y: UnsafeMutablePointer<Float>, count: Int,
        workers: WorkerPool, kernels: KernelSet = .current
    ) {
        split(rows: count, width: 1, workers) { first, count in
            var args = onnxlm_convert_args(source: x + first, destination: y + first, count: Int64(count))
            (format == .float16 ? kernels.halfToFloat : kernels.bfloat16ToFloat)(&args)
        }
    }

    /// float32 to 16-bit floats, to nearest even. Source and destination must not overlap.
    package static func convert(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<UInt16>, as format: HalfFormat, count: Int,
        workers: WorkerPool, kernels: KernelSet = .current
    ) {
        split(rows: count, width: 1, workers) { first, count in
            var args = onnxlm_convert_args(source: x + first, destination: y + first, count: Int64(count))
            (format == .float16 ? kernels.floatToHalf : kernels.floatToBFloat16)(&args)
        }
    }
}
