// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
import ONNXKernels
import ONNXTestSupport
import Testing

@Suite struct QuantizationErrorTests {
    private func rest(_ x: [Float], blockSize: Int, _ kernels: KernelSet) -> [Float] {
        let source = GuardedMemory(x)
        let target = GuardedMemory<Float>(count: x.count)
        defer { keepAlive((source, target)) }
        var args = onnxlm_quantization_error_args(
            x: source.base, y: target.base, k: Int64(x.count), block_size: Int64(blockSize))
        kernels.quantizationError(&args)
        return target.array
    }

    @Test(arguments: [(16, 96), (32, 32), (64, 128), (256, 512), (32, 0)])
    func bitsAreTheReference(_ blockSize: Int, _ k: Int) {
        var generator = SeededGenerator(seed: UInt64(k + blockSize))
        var x = generator.floats(k, in: -5...5)
        let special: [Float] = [
            .nan, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
            .leastNormalMagnitude, 127 * .leastNormalMagnitude, -0.0, 0.5, 2.5,
        ]
        for round in 0...special.count {
            if round > 0, k > 0 { x[(round * 7) % k] = special[round - 1] }
            let expected = rest(x, blockSize: blockSize, .reference).map { $0.isNaN ? Float.nan : $0 }
            for kernels in TestKernels.sets {
                let actual = rest(x, blockSize: blockSize, kernels).map { $0.isNaN ? Float.nan : $0 }
                #expect(actual.bits == expected.bits, "\(kernels.level), round \(round)")
            }
        }
    }

    /// What three quantisations leave of a block is its largest element over 2 · 127 · 254 · 254, hardly more than half
    /// of the last place that float32 would keep of it.
    @Test func threeTermsHoldFloats() {
        var generator = SeededGenerator(seed: 9)
        let x = generator.floats(64 * 32, in: -3...3)
        var left = x
        for _ in 0..<3 { left = rest(left, blockSize: 32, .reference) }
        for start in stride(from: 0, to: x.count, by: 32) {
            let largest = x[start..<start + 32].map(\.magnitude).max() ?? 0
            for index in start..<start + 32 {
                #expect(Double(left[index].magnitude) <= Double(largest) * 1.03 * 0x1p-24)
            }
        }
    }
}
