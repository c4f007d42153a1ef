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

    @Test(arguments: sizes) func elementsBetweenBounds(_ count: Int) {
        var generator = SeededGenerator(seed: 23)
        var values = generator.floats(count, in: -9...9).map { ($0 * 4).rounded() / 4 }
        if count > 5 { values[5] = -.infinity }
        let maxima = stride(from: 0, to: count, by: 64).map { values[$0..<min(count, $0 + 64)].max() ?? 0 }
        for kernels in TestKernels.sets {
            for (lower, upper) in [
                (-.infinity, .infinity), (-.infinity, 0), (8.75, .infinity), (-1.25, 2), (3, 3), (5, -5),
                (20, .infinity),
            ] as [(Float, Float)] {
                let expected = values.indices.filter { values[$0] >= lower && values[$0] < upper }
                for usesMaxima in [false, true] {
                    let x = GuardedMemory(values)
                    let found = GuardedMemory<Float>(count: expected.count + RowKernels.selectSlack)
                    let places = GuardedMemory<Int32>(count: expected.count + RowKernels.selectSlack)
                    defer { keepAlive((x, found, places)) }
                    let number = maxima.withUnsafeBufferPointer {
                        RowKernels.select(
                            x.base, count: count, from: lower, below: upper,
                            maxima: usesMaxima ? $0.baseAddress : nil, values: found.base,
                            places: places.base, kernels: kernels)
                    }
                    #expect(number == expected.count, "\(kernels.level), \(lower) ..< \(upper) of \(count)")
                    #expect(places.array.prefix(number).map(Int.init) == expected)
                    #expect(found.array.prefix(number).elementsEqual(expected.map { values[$0] }))
                }
            }
        }
    }

    @Test(arguments: sizes) func sumsOfExponentials(_ count: Int) {
        var generator = SeededGenerator(seed: 22)
        var values = generator.floats(count, in: -30...4)
        if count > 2 { values[2] = -.infinity }
        for kernels in TestKernels.sets {
            for (factor, threshold) in [(1, 4), (1.25, 0), (0.1, .infinity), (30, -2), (1, -40)]
                as [(Double, Float)]
            {
                let x = GuardedMemory(values)
                defer { keepAlive(x) }
                var expected = 0.0
                var allowed = 0.0
                for value in values where value < threshold {
                    let exponent = (Double(value) - 4) * factor
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
