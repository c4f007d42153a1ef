// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
import ONNXKernels
import ONNXTestSupport
import Testing

@Suite struct QuantizeFourRowsTests {
    private struct Quantised: Equatable {
        var values: [Int8]
        var scales: [UInt32]
        var sums: [Int32]
        var centres: [Int32]
    }

    /// Rows of `stride` floats.
    private func quantise(
        _ x: [Float], stride: Int, k: Int, blockSize: Int, _ kernel: KernelSet.QuantizeRows
    ) -> Quantised {
        let source = GuardedMemory(x)
        let values = GuardedMemory<Int8>(count: 4 * k)
        let scales = GuardedMemory<Float>(count: 4 * k / blockSize)
        let sums = GuardedMemory<Int32>(count: 4 * k / blockSize)
        let centres = GuardedMemory<Int32>(count: 4 * k / blockSize)
        defer { keepAlive((source, values, scales, sums, centres)) }
        var args = onnxlm_quantize_rows_args(
            x: source.base, x_row_stride: Int64(stride), rows: 4, group_size: 4, k: Int64(k),
            block_size: Int64(blockSize), blocks: Int64(k / blockSize), values: values.base,
            scales: scales.base, sums: sums.base, centres: centres.base)
        kernel(&args)
        // All bits of NaN are not promised.
        let bits = scales.array.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
        return Quantised(values: values.array, scales: bits, sums: sums.array, centres: centres.array)
    }

    @Test(arguments: [(32, 32), (32, 576), (64, 128), (128, 1536), (256, 256), (32, 0)])
    func bitsAreTheReference(_ blockSize: Int, _ k: Int) {
        var generator = SeededGenerator(seed: UInt64(k + blockSize))
        let stride = k + 3
        var x = generator.floats(3 * stride + k, in: -5...5)
        let special: [Float] = [
            .nan, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
            .leastNormalMagnitude, 127 * .leastNormalMagnitude, -0.0, 0.5, 2.5,
        ]
        for round in 0...special.count {
            if round > 0, k > 0 {
                // A whole block of small numbers, and one number in another.
                for index in 0..<blockSize { x[stride + index] = special[round - 1] }
                x[round % 4 * stride + k - 1 - round] = special[round - 1]
            }
            let expected = quantise(
                x, stride: stride, k: k, blockSize: blockSize, KernelSet.reference.quantizeRows)
            for kernels in TestKernels.sets {
                let actual = quantise(x, stride: stride, k: k, blockSize: blockSize, kernels.quantizeFourRows)
                #expect(actual == expected, "\(kernels.level), round \(round)")
            }
        }
    }
}
