// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXKernels
import ONNXTestSupport
import Testing

@Suite struct LogitsTests {
    static let sizes = [0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 129, 1000, 20_011]

    @Test(arguments: sizes) func maximaOfBlocks(_ count: Int) {
        var generator = SeededGenerator(seed: 21)
        var values = generator.floats(count, in: -9...9)
        if count > 9 { values[9] = -.infinity }
        for kernels in TestKernels.sets {
            for atEnd in [true, false] {
                let x = GuardedMemory(values, atEnd: atEnd)
                defer { keepAlive(x) }
                let maxima = GuardedMemory<Float>(count: (count + 63) / 64, atEnd: atEnd)
                defer { keepAlive(maxima) }
                #expect(RowKernels.blockMaxima(x.base, count: count, into: maxima.base, kernels: kernels))
                let expected = stride(from: 0, to: count, by: 64).map {
                    values[$0..<min(count, $0 + 64)].max() ?? 0
                }
                #expect(maxima.array == expected)
                for place in stride(from: 0, to: count, by: max(1, count / 7)) {
                    let before = x.base[place]
                    x.base[place] = .nan
                    #expect(
                        !RowKernels.blockMaxima(x.base, count: count, into: maxima.base, kernels: kernels),
                        "\(kernels.level), NaN at \(place) of \(count)")
                    x.base[place] = .infinity
                    #expect(RowKernels.blockMaxima(x.base, count: count, into: maxima.base, kernels: kernels))
                    #expect(maxima.base[place / 64] == .infinity)
                    x.base[place] = before
                }
            }
        }
    }

    @Test func aBlockOfNegativeInfinities() {
        for kernels in TestKernels.sets {
            var maxima: [Float] = [0, 0]
            let x = [Float](repeating: -.infinity, count: 70)
            #expect(RowKernels.blockMaxima(x, count: 70, into: &maxima, kernels: kernels))
            #expect(maxima == [-.infinity, -.infinity])
        }
    }

    @Test(arguments: sizes) func sumsOfExponentials(_ count: Int) {
        var generator = SeededGenerator(seed: 22)
        var values = generator.floats(count, in: -30...4)
        if count > 2 { values[2] = -.infinity }
        for kernels in TestKernels.sets {
            for (factor, threshold) in [(1, 4), (1.25, 0), (0.1, .infinity), (30, -2), (1, -40)]
                as [(Float, Float)]
            {
                let x = GuardedMemory(values)
                defer { keepAlive(x) }
                var expected = 0.0
                var allowed = 0.0
                for value in values where value < threshold {
                    let exponent = (Double(value) - 4) * Double(factor)
                    expected += exp(exponent)
                    // The product of the exponent is rounded before the exponential.
                    if value > -.infinity {
                        allowed +=
                            exp(exponent)
                            * (KernelTolerance.exponentialSum + 2 * KernelTolerance.epsilon * abs(exponent))
                    }
                }
                let sum = RowKernels.exponentialSum(
                    x.base, count: count, largest: 4, factor: factor, below: threshold, kernels: kernels)
                #expect(
                    abs(sum - expected) <= allowed + 1e-37 * Double(count),
                    "\(kernels.level) \(count) factor \(factor): \(sum), exactly \(expected)")
            }
        }
    }
}
