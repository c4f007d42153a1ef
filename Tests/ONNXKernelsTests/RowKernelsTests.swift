// SPDX-License-Identifier: Apache-2.0
import ONNXKernels
import ONNXTestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite struct RowKernelsTests {
    static let sizes = [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 61, 255, 1000, 20_011]
    static let functions: [UnaryFunction] = [
        .exp, .tanh, .erf, .sigmoid, .silu, .gelu, .geluTanh, .quickGelu(factor: 1.702),
    ]

    /// The exact value, and what the tolerance is relative to.
    static func exact(_ function: UnaryFunction, _ x: Double) -> (value: Double, allowed: Double) {
        let relative: (Double) -> (Double, Double) = { ($0, KernelTolerance.function * abs($0)) }
        switch function {
        case .exp: return relative(exp(x))
        case .tanh: return relative(tanh(x))
        case .erf: return relative(erf(x))
        case .sigmoid: return relative(1 / (1 + exp(-x)))
        case .silu: return relative(x / (1 + exp(-x)))
        case .gelu: return (x / 2 * erfc(-x / 2.0.squareRoot()), KernelTolerance.gelu * abs(x))
        case .geluTanh:
            let inner = (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
            return (x / 2 * (1 + tanh(inner)), KernelTolerance.gelu * abs(x))
        case .quickGelu(let factor):
            let value = x / (1 + exp(-Double(factor) * x))
            // The rounded product inside the exponential shifts it by its own rounding error.
            return (value, KernelTolerance.function * abs(value) * (1 + abs(Double(factor) * x) / 4))
        }
    }

    @Test(arguments: functions) func functionsAreAccurate(_ function: UnaryFunction) throws {
        let pool = try TestKernels.pool(2)
        var generator = SeededGenerator(seed: 11)
        var x = generator.floats(20_000, in: -12...12) + generator.floats(5000, in: -0.01...0.01)
        x += generator.floats(5000, in: -88...88) + stride(from: -4.2, to: 4.2, by: 0.0007).map { Float($0) }
        x += [0, -0.0, 1e-30, -1e-30, .leastNonzeroMagnitude, 87.3, 88.7, -87.3, -88.7, 0.625, 1, 4, 3.92]
        for kernels in TestKernels.sets {
            let input = GuardedMemory(x)
            defer { keepAlive(input) }
            let output = GuardedMemory<Float>(count: x.count)
            defer { keepAlive(output) }
            RowKernels.apply(
                function, input.base, into: output.base, count: x.count, workers: pool, kernels: kernels)
            for (index, value) in x.enumerated() {
                let (expected, allowed) = Self.exact(function, Double(value))
                let difference = abs(Double(output.base[index]) - expected)
                #expect(
                    difference <= allowed + KernelTolerance.tiny * (1 + abs(Double(value))),
                    "\(kernels.level) \(function)(\(value)) = \(output.base[index]), exactly \(expected)")
            }
        }
    }

    @Test(arguments: functions) func functionsHandleExtremes(_ function: UnaryFunction) throws {
        let pool = try TestKernels.pool(1)
        let x: [Float] = [.nan, .infinity, 200, 1e30, .greatestFiniteMagnitude, -200, -110, -1e30]
        for kernels in TestKernels.sets {
            var y = [Float](repeating: 5, count: x.count)
            RowKernels.apply(function, x, into: &y, count: x.count, workers: pool, kernels: kernels)
            #expect(y[0].isNaN)
            for index in 1..<x.count {
                let expected = Float(Self.exact(function, Double(x[index])).value)
                // Factors that underflow to zero times a huge x may keep a subnormal remainder.
                #expect(
                    y[index] == expected || abs(y[index] - expected) < 1e-30,
                    "\(kernels.level) \(function)(\(x[index])) = \(y[index]), exactly \(expected)")
            }
        }
    }

    @Test(arguments: sizes) func elementwiseKernelsStayInBounds(_ count: Int) throws {
        let pool = try TestKernels.pool(2)
        var generator = SeededGenerator(seed: 12)
        let a = generator.floats(count, in: -5...5)
        let b = generator.floats(count, in: -5...5)
        for kernels in TestKernels.sets {
            for atEnd in [true, false] {
                let left = GuardedMemory(a, atEnd: atEnd)
                defer { keepAlive(left) }
                let right = GuardedMemory(b, atEnd: atEnd)
                defer { keepAlive(right) }
                let y = GuardedMemory<Float>(count: count, atEnd: atEnd)
                defer { keepAlive(y) }
                for function in [BinaryFunction.add, .multiply, .siluMultiply] {
                    RowKernels.apply(
                        function, left.base, right.base, into: y.base, count: count, workers: pool,
                        kernels: kernels)
                    for i in 0..<count {
                        let x = Double(a[i])
                        let expected =
                            switch function {
                            case .add: Double(a[i] + b[i])
                            case .multiply: Double(a[i] * b[i])
                            case .siluMultiply: x / (1 + exp(-x)) * Double(b[i])
                            }
                        #expect(abs(Double(y.base[i]) - expected) <= KernelTolerance.function * abs(expected))
                    }
                }
                for function in Self.functions {
                    RowKernels.apply(
                        function, left.base, into: y.base, count: count, workers: pool, kernels: kernels)
                    // In place, and one by one: the bits of an element do not depend on its place.
                    let inPlace = GuardedMemory(a, atEnd: atEnd)
                    defer { keepAlive(inPlace) }
                    RowKernels.apply(
                        function, inPlace.base, into: inPlace.base, count: count, workers: pool,
                        kernels: kernels)
                    #expect(inPlace.array.bits == y.array.bits)
                    if count > 300 { continue }
                    for i in 0..<count {
                        var one: Float = 0
                        RowKernels.apply(
                            function, left.base + i, into: &one, count: 1, workers: pool, kernels: kernels)
                        #expect(one.bitPattern == y.base[i].bitPattern)
                    }
                }
            }
        }
    }

    @Test(arguments: sizes) func normsMatchTheExactOnes(_ width: Int) throws {
        let pool = try TestKernels.pool(2)
        var generator = SeededGenerator(seed: 13)
        let rows = width > 5000 ? 2 : 5
        let x = generator.floats(rows * width, in: -4...6)
        let skip = generator.floats(rows * width, in: -4...4)
        let scale = generator.floats(width)
        let bias = generator.floats(width)
        let skipBias = generator.floats(width)
        for kernels in TestKernels.sets {
            for (subtractsMean, variant) in [
                (false, 0), (false, 1), (true, 0), (true, 1), (true, 2), (false, 2),
            ] {
                let input = GuardedMemory(x)
                defer { keepAlive(input) }
                let skipMemory = GuardedMemory(variant == 2 ? Array(skip.prefix(width)) : skip)
                defer { keepAlive(skipMemory) }
                let others = [GuardedMemory(scale), GuardedMemory(bias), GuardedMemory(skipBias)]
                defer { keepAlive(others) }
                let y = GuardedMemory<Float>(count: rows * width)
                defer { keepAlive(y) }
                let sum = GuardedMemory<Float>(count: rows * width)
                defer { keepAlive(sum) }
                var arguments = NormArguments(
                    x: input.base, scale: others[0].base, y: y.base, rows: rows, width: width, epsilon: 1e-5)
                if variant > 0 {
                    arguments.skip = UnsafePointer(skipMemory.base)
                    arguments.sharesSkipRow = variant == 2
                    arguments.sum = variant == 1 ? sum.base : nil
                    arguments.skipBias = variant == 2 ? UnsafePointer(others[2].base) : nil
                    arguments.bias = UnsafePointer(others[1].base)
                }
                if subtractsMean {
                    RowKernels.layerNorm(arguments, workers: pool, kernels: kernels)
                } else {
                    RowKernels.rmsNorm(arguments, workers: pool, kernels: kernels)
                }
                for row in 0..<rows where width > 0 {
                    var s = Array(x[row * width..<(row + 1) * width])
                    for i in 0..<width {
                        if variant > 0 { s[i] += skip[(variant == 2 ? 0 : row * width) + i] }
                        if variant == 2 { s[i] += skipBias[i] }
                        if variant == 1 { #expect(sum.base[row * width + i] == s[i]) }
                    }
                    let mean = subtractsMean ? s.reduce(0.0) { $0 + Double($1) } / Double(width) : 0
                    let square =
                        s.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(width)
                    for i in 0..<width {
                        let product = (Double(s[i]) - mean) / (square + 1e-5).squareRoot() * Double(scale[i])
                        let expected = product + (variant > 0 ? Double(bias[i]) : 0)
                        let allowed = KernelTolerance.norm * (abs(product) + abs(expected))
                        #expect(
                            abs(Double(y.base[row * width + i]) - expected) <= allowed + KernelTolerance.tiny,
                            "\(kernels.level) mean \(subtractsMean) variant \(variant) row \(row) column \(i)"
                        )
                    }
                }
            }
        }
    }

    @Test func normsWorkInPlaceAndSurviveLargeValues() throws {
        let pool = try TestKernels.pool(1)
        for kernels in TestKernels.sets {
            var x: [Float] = [3e30, -3e30, 3e30, -3e30, 3e30, -3e30, 3e30, -3e30, 3e30]
            let scale = [Float](repeating: 1, count: 9)
            x.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                scale.withUnsafeBufferPointer { scale in
                    guard let scaleBase = scale.baseAddress else { return }
                    let arguments = NormArguments(
                        x: base, scale: scaleBase, y: base, rows: 1, width: 9, epsilon: 1e-5)
                    RowKernels.rmsNorm(arguments, workers: pool, kernels: kernels)
                }
            }
            #expect(x.enumerated().allSatisfy { abs($1 - ($0 % 2 == 0 ? 1 : -1)) < 1e-6 })
        }
    }

    @Test(arguments: sizes) func softmaxMatchesTheExactOne(_ width: Int) throws {
        let pool = try TestKernels.pool(2)
        var generator = SeededGenerator(seed: 14)
        let rows = 3
        var x = generator.floats(rows * width, in: -20...20)
        for index in stride(from: 0, to: x.count, by: 3) { x[index] = -.infinity }
        for kernels in TestKernels.sets {
            let input = GuardedMemory(x)
            defer { keepAlive(input) }
            let y = GuardedMemory<Float>(count: rows * width)
            defer { keepAlive(y) }
            RowKernels.softmax(
                input.base, into: y.base, rows: rows, width: width, workers: pool, kernels: kernels)
            for row in 0..<rows {
                let values = x[row * width..<(row + 1) * width].map(Double.init)
                let largest = values.max() ?? 0
                let total = values.reduce(0) { $0 + exp($1 - largest) }
                for (i, value) in values.enumerated() {
                    let expected = largest == -.infinity ? 0 : exp(value - largest) / total
                    #expect(
                        abs(Double(y.base[row * width + i]) - expected)
                            <= KernelTolerance.softmax * expected + KernelTolerance.tiny)
                }
            }
            RowKernels.softmax(
                input.base, into: input.base, rows: rows, width: width, workers: pool, kernels: kernels)
            #expect(input.array.bits == y.array.bits)
        }
    }

    @Test func softmaxDefinesSpecialRows() throws {
        let pool = try TestKernels.pool(1)
        let infinity = Float.infinity
        for kernels in TestKernels.sets {
            let x: [Float] = [
                -infinity, -infinity, -infinity, -infinity, .nan, -infinity, 1, .nan, 2, infinity, 0, 1,
            ]
            var y = [Float](repeating: 9, count: 12)
            RowKernels.softmax(x, into: &y, rows: 4, width: 3, workers: pool, kernels: kernels)
            #expect(y[0..<3].allSatisfy { $0 == 0 })
            #expect(y[3..<9].allSatisfy { $0.isNaN })
            #expect(y[9].isNaN)
        }
    }

    @Test func conversionsCoverEveryHalf() throws {
        let pool = try TestKernels.pool(2)
        let all = (0...UInt16.max).map { $0 }
        for format in HalfFormat.allCases {
            for kernels in TestKernels.sets {
                let input = GuardedMemory(all)
                defer { keepAlive(input) }
                let floats = GuardedMemory<Float>(count: all.count)
                defer { keepAlive(floats) }
                RowKernels.convert(
                    input.base, as: format, into: floats.base, count: all.count, workers: pool,
                    kernels: kernels)
                let back = GuardedMemory<UInt16>(count: all.count)
                defer { keepAlive(back) }
                RowKernels.convert(
                    floats.base, into: back.base, as: format, count: all.count, workers: pool,
                    kernels: kernels)
                for word in all {
                    let value = floats.base[Int(word)]
                    let isNaN =
                        format == .float16 ? word & 0x7FFF > 0x7C00 : word & 0x7FFF > 0x7F80
                    #expect(value.isNaN == isNaN)
                    if isNaN { continue }
                    #expect(back.base[Int(word)] == word)
                    #expect(Double(value) == Self.exactHalf(word, format))
                }
            }
        }
    }

    static func exactHalf(_ word: UInt16, _ format: HalfFormat) -> Double {
        let fractionBits = format == .float16 ? 10 : 7
        let bias = format == .float16 ? 15 : 127
        let exponentMask = format == .float16 ? 0x1F : 0xFF
        let exponent = (Int(word) >> fractionBits) & exponentMask
        let fraction = Double(Int(word) & ((1 << fractionBits) - 1)) / Double(1 << fractionBits)
        let sign: Double = word >> 15 == 0 ? 1 : -1
        if exponent == exponentMask { return sign * .infinity }
        let power = pow(2.0, Double(max(exponent, 1) - bias))
        return sign * power * (exponent == 0 ? fraction : 1 + fraction)
    }

    @Test(arguments: HalfFormat.allCases) func conversionsRoundToNearestEven(_ format: HalfFormat) throws {
        let pool = try TestKernels.pool(1)
        var generator = SeededGenerator(seed: 15)
        var x: [Float] = (0..<4001).map { _ in
            Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator))
        }
        x += generator.floats(3000, in: -70_000...70_000) + generator.floats(3000, in: -1e-4...1e-4)
        x += [
            0, -0.0, 65_504, 65_519.996, 65_520, 65_536, .infinity, -.infinity, 5.9604645e-8, 2.9802322e-8,
            3e-8,
        ]
        x += [Float.greatestFiniteMagnitude, 6.103515625e-5, 6.1e-5, 1.00048828125, 1.00146484375]
        for kernels in TestKernels.sets {
            let words = GuardedMemory<UInt16>(count: x.count)
            defer { keepAlive(words) }
            RowKernels.convert(
                x, into: words.base, as: format, count: x.count, workers: pool, kernels: kernels)
            for (index, value) in x.enumerated() {
                let word = words.base[index]
                if value.isNaN {
                    #expect(word & 0x7FFF > (format == .float16 ? 0x7C00 : 0x7F80))
                    continue
                }
                let actual = Self.exactHalf(word, format)
                let up = Self.exactHalf(word & 0x7FFF == 0 ? word : word - 1, format)
                let down = Self.exactHalf(
                    word & 0x7FFF == (format == .float16 ? 0x7C00 : 0x7F80) ? word : word + 1, format)
                if actual.isInfinite {
                    let limit = format == .float16 ? 65_520 : 3.3961775292304e38
                    #expect(abs(Double(value)) >= limit)
                    continue
                }
                let error = abs(actual - Double(value))
                let others = [up, down].filter { $0.isFinite }.map { abs($0 - Double(value)) }
                #expect(others.allSatisfy { error <= $0 }, "\(kernels.level) \(value) became \(actual)")
                if others.contains(error) && error > 0 { #expect(word % 2 == 0, "\(kernels.level) \(value)") }
            }
        }
    }
}
