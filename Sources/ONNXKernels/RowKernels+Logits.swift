// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

extension RowKernels {
    /// Elements of one block of ``blockMaxima(_:count:into:kernels:)``.
    package static let maximaBlock = Int(ONNXLM_MAXIMA_BLOCK)

    /// Puts the largest element of each block of 64 into `maxima`; gives false if x holds a NaN, and the maxima then
    /// mean nothing.
    package static func blockMaxima(
        _ x: UnsafePointer<Float>, count: Int, into maxima: UnsafeMutablePointer<Float>,
        kernels: KernelSet = .current
    ) -> Bool {
        var unordered: Int32 = 0
        withUnsafeMutablePointer(to: &unordered) { unordered in
            var args = onnxlm_block_maxima_args(
                x: x, maxima: maxima, count: Int64(count), unordered: unordered)
            kernels.blockMaxima(&args)
        }
        return unordered == 0
    }

    /// The total of `exp((x[i] - largest) * factor)` over the elements below `threshold`, each as accurate as single
    /// precision makes it, the factor more so, added in double precision.
    package static func exponentialSum(
        _ x: UnsafePointer<Float>, count: Int, largest: Float, factor: Double, below threshold: Float,
        kernels: KernelSet = .current
    ) -> Double {
        var sum = 0.0
        withUnsafeMutablePointer(to: &sum) { sum in
            var args = onnxlm_exponential_sum_args(
                x: x, sum: sum, count: Int64(count), factor: factor, largest: largest, threshold: threshold)
            kernels.exponentialSum(&args)
        }
        return sum
    }

    /// Room that ``select(_:count:from:below:maxima:values:places:kernels:)`` needs beyond what it finds.
    package static let selectSlack = Int(ONNXLM_SELECT_SLACK)

    /// Copies the elements with `lower <= x[i] < upper` and their places i, in their order; gives their number.
    ///
    /// - Parameters:
    ///   - maxima: of ``blockMaxima(_:count:into:kernels:)``; blocks below `lower` are then not read.
    ///   - values: with room for ``selectSlack`` more than are found, as `places`.
    package static func select(
        _ x: UnsafePointer<Float>, count: Int, from lower: Float, below upper: Float,
        maxima: UnsafePointer<Float>?, values: UnsafeMutablePointer<Float>,
        places: UnsafeMutablePointer<Int32>, kernels: KernelSet = .current
    ) -> Int {
        var found: Int64 = 0
        withUnsafeMutablePointer(to: &found) { found in
            var args = onnxlm_select_args(
                x: x, maxima: maxima, values: values, places: places, found: found, count: Int64(count),
                lower: lower, upper: upper)
            kernels.select(&args)
        }
        return Int(found)
    }
}
