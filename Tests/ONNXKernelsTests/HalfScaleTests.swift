// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import Testing

@Suite struct HalfScaleTests {
    /// Bytes of a packed matrix of 8 columns and 4 blocks with these scales first, the others 1.
    func packedByteCount(_ scales: [Float], level: Int = 4, exact: Bool = false) throws -> Int {
        let test = QuantizedCase(bits: 4, blockSize: 32, k: 128, n: 8, level: level)
        var data = test.make()
        data.scales = (0..<32).map { $0 < scales.count ? scales[$0] : 1 }
        return try test.withSource(data) {
            var source = $0
            source.exactScales = exact
            return try QuantizedMatrix.packedByteCount(of: source)
        }
    }

    @Test func scalesTakeTwoBytesWhereFloat16HoldsThem() throws {
        let half = 128 + 4 * (128 + 16)
        let full = 128 + 4 * (128 + 32)
        let smallest = Float(sign: .plus, exponent: -14, significand: 1)
        for scales: [Float] in [[], [0, -0.0], [smallest, -smallest], [65504, -65504], [1 + 1 / 1024]] {
            #expect(try packedByteCount(scales) == half)
            #expect(try packedByteCount(scales, exact: true) == half)
            #expect(try packedByteCount(scales, level: 0) == half)
        }
        // Rounded for quantised activations, unless the caller wants them exact; never for float activations.
        let leastRounded = smallest - smallest / 4096
        for scale: Float in [1 + 1 / 2048, 0.1, smallest.nextDown, leastRounded, Float(65520).nextDown] {
            #expect(try packedByteCount([scale]) == half)
            #expect(try packedByteCount([scale], exact: true) == full)
            #expect(try packedByteCount([scale], level: 0) == full)
        }
        for scale: Float in [
            smallest / 2, leastRounded.nextDown, .leastNonzeroMagnitude, 65520, 1e30,
            .greatestFiniteMagnitude, .infinity, .nan,
        ] {
            #expect(try packedByteCount([scale]) == full)
            #expect(try packedByteCount([-scale]) == full)
        }
    }

    @Test func roundedScalesAreTheNearest() throws {
        let pool = try WorkerPool(threadCount: 1)
        let test = QuantizedCase(bits: 4, blockSize: 32, k: 32, n: 8, pattern: .highest)
        // (scale, nearest float16, ties to even)
        let unit: Float = 1 / 1024
        let pairs: [(Float, Float)] = [
            (1 + unit / 2, 1), (1 + unit * 3 / 2, 1 + 2 * unit), ((1 + unit / 2).nextUp, 1 + unit),
            ((1 + unit / 2).nextDown, 1), (2 - unit / 4, 2), (-(1 + unit * 0.75), -(1 + unit)), (0, 0),
            (0.5, 0.5),
        ]
        var data = test.make()
        data.scales = pairs.map(\.0)
        let x = [Float](repeating: 127, count: 32)
        for kernels in TestKernels.sets {
            let matrix = try test.withSource(data) {
                var source = $0
                source.exactScales = false
                return try QuantizedMatrix(packing: source, workers: pool, kernels: kernels)
            }
            for rows in [1, 2] {
                let output = GuardedMemory<Float>(count: rows * 8)
                defer { keepAlive(output) }
                let input = x + x
                try matrix.multiply(
                    input, rows: rows, into: output.base, workers: pool, scratch: KernelScratch())
                #expect(Array(output.array.prefix(8)) == pairs.map { 32 * 127 * 7 * $0.1 })
            }
        }
    }
}
