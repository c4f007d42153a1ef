// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTestSupport
import Testing

@Suite struct FloatMatrixTests {
    struct Case: CustomStringConvertible, Sendable {
        var m: Int
        var n: Int
        var k: Int
        var transposesA: Bool
        var transposesB: Bool
        var alpha = 1.0
        var beta = 0.0

        var description: String {
            "\(m)x\(n)x\(k) A' \(transposesA) B' \(transposesB) alpha \(alpha) beta \(beta)"
        }
    }

    static let cases: [Case] = {
        var cases: [Case] = []
        for (m, n, k) in [
            (1, 1, 1), (1, 17, 300), (6, 16, 256), (7, 15, 257), (5, 33, 31), (300, 20, 40), (3, 300, 520),
            (2, 5, 0),
            (13, 31, 1),
        ] {
            for transposesA in [false, true] {
                for transposesB in [false, true] {
                    cases.append(
                        Case(
                            m: m, n: n, k: k, transposesA: transposesA, transposesB: transposesB,
                            alpha: m % 2 == 0 ? 0.5 : 1, beta: n % 2 == 0 ? 2 : 0))
                }
            }
        }
        return cases
    }()

    /// The threads are ours; OpenBLAS starts none beside them.
    @Test func openBLASComputesOnOneThread() throws {
        let values = [Float](repeating: 1, count: 64)
        var product = [Float](repeating: 0, count: 64)
        try values.withUnsafeBufferPointer { values throws(ONNXError) in
            let base = values.baseAddress.unsafelyUnwrapped
            let operand = MatrixOperand(base, rowStride: 8)
            try FloatMatrix.multiply(
                MatrixProductShape(m: 8, n: 8, k: 8), a: operand, b: operand, into: &product, rowStride: 8,
                workers: WorkerPool(threadCount: 2))
        }
        #expect(product == [Float](repeating: 8, count: 64))
        #expect(FloatMatrix.blasThreadCount == 1)
    }

    @Test(arguments: cases) func productsMatchTheExactOnes(_ test: Case) throws {
        var generator = SeededGenerator(seed: 31)
        let a = generator.floats(test.m * test.k)
        let b = generator.floats(test.k * test.n)
        // With beta 0, C is not read: NaN there must not matter.
        let c =
            test.beta == 0
            ? [Float](repeating: .nan, count: test.m * test.n) : generator.floats(test.m * test.n)
        let pool = try TestKernels.pool(2)
        let shape = MatrixProductShape(m: test.m, n: test.n, k: test.k, alpha: test.alpha, beta: test.beta)
        func check(_ name: String, _ body: (GuardedMemory<Float>) throws -> Void) throws {
            let output = GuardedMemory(c)
            defer { keepAlive(output) }
            try body(output)
            for row in 0..<test.m {
                for column in 0..<test.n {
                    var sum = 0.0
                    var magnitude = 0.0
                    for i in 0..<test.k {
                        let left = a[test.transposesA ? i * test.m + row : row * test.k + i]
                        let right = b[test.transposesB ? column * test.k + i : i * test.n + column]
                        sum += Double(left) * Double(right)
                        magnitude += abs(Double(left) * Double(right))
                    }
                    let before = test.beta == 0 ? 0 : test.beta * Double(c[row * test.n + column])
                    let expected = test.alpha * sum + before
                    let allowed = KernelTolerance.floatProduct * (abs(test.alpha) * magnitude + abs(before))
                    let actual = Double(output.base[row * test.n + column])
                    #expect(abs(actual - expected) <= allowed, "\(name) [\(row), \(column)]")
                }
            }
        }
        let left = GuardedMemory(a)
        defer { keepAlive(left) }
        let right = GuardedMemory(b)
        defer { keepAlive(right) }
        let leftOperand = MatrixOperand(
            UnsafePointer(left.base), rowStride: test.transposesA ? test.m : test.k,
            isTransposed: test.transposesA)
        let rightOperand = MatrixOperand(
            UnsafePointer(right.base), rowStride: test.transposesB ? test.k : test.n,
            isTransposed: test.transposesB)
        try check("OpenBLAS") {
            try FloatMatrix.multiply(
                shape, a: leftOperand, b: rightOperand, into: $0.base, rowStride: test.n, workers: pool)
        }
        for kernels in TestKernels.sets {
            try check("fixed order \(kernels.level)") {
                try FloatMatrix.multiplyInFixedOrder(
                    shape, a: leftOperand, b: rightOperand, into: $0.base, rowStride: test.n, workers: pool,
                    scratch: KernelScratch(), kernels: kernels)
            }
        }
    }

    @Test func doublesAreExactOnWholeNumbers() throws {
        let pool = try TestKernels.pool(2)
        let a = (0..<6).map(Double.init)
        let b = (0..<12).map { Double($0 - 5) }
        var c = [Double](repeating: 0, count: 8)
        try a.withUnsafeBufferPointer { a in
            try b.withUnsafeBufferPointer { b in
                try FloatMatrix.multiply(
                    MatrixProductShape(m: 2, n: 4, k: 3),
                    a: MatrixOperand(#require(a.baseAddress), rowStride: 3),
                    b: MatrixOperand(#require(b.baseAddress), rowStride: 4), into: &c, rowStride: 4,
                    workers: pool)
            }
        }
        #expect(c == [5, 8, 11, 14, -4, 8, 20, 32])
    }

    @Test func fixedOrderDoesNotDependOnRowsOrThreads() throws {
        var generator = SeededGenerator(seed: 32)
        let (m, n, k) = (29, 37, 700)
        let a = generator.floats(m * k)
        let b = generator.floats(k * n)
        for kernels in TestKernels.sets {
            var expected: [UInt32] = []
            for threads in [1, 2, 3] {
                let pool = try TestKernels.pool(threads)
                for batch in [29, 1, 2, 5, 6, 7] {
                    let c = GuardedMemory<Float>(count: m * n)
                    defer { keepAlive(c) }
                    var row = 0
                    while row < m {
                        let count = min(batch, m - row)
                        let left = GuardedMemory(Array(a[row * k..<(row + count) * k]))
                        defer { keepAlive(left) }
                        let right = GuardedMemory(b)
                        defer { keepAlive(right) }
                        try FloatMatrix.multiplyInFixedOrder(
                            MatrixProductShape(m: count, n: n, k: k),
                            a: MatrixOperand(UnsafePointer(left.base), rowStride: k),
                            b: MatrixOperand(UnsafePointer(right.base), rowStride: n), into: c.base + row * n,
                            rowStride: n, workers: pool, scratch: KernelScratch(), kernels: kernels)
                        row += count
                    }
                    if expected.isEmpty { expected = c.array.bits }
                    #expect(
                        c.array.bits == expected,
                        "\(kernels.level), \(threads) threads, \(batch) rows at a time")
                }
            }
        }
    }

    @Test func openBLASRepeatsItselfForAnyThreads() throws {
        var generator = SeededGenerator(seed: 33)
        let (m, n, k) = (70, 600, 300)
        let a = generator.floats(m * k)
        let b = generator.floats(k * n)
        var expected: [UInt32] = []
        for threads in [1, 2, 4] {
            let pool = try TestKernels.pool(threads)
            for _ in 0..<3 {
                var c = [Float](repeating: 0, count: m * n)
                try a.withUnsafeBufferPointer { a in
                    try b.withUnsafeBufferPointer { b in
                        try FloatMatrix.multiply(
                            MatrixProductShape(m: m, n: n, k: k),
                            a: MatrixOperand(#require(a.baseAddress), rowStride: k),
                            b: MatrixOperand(#require(b.baseAddress), rowStride: n), into: &c, rowStride: n,
                            workers: pool)
                    }
                }
                if expected.isEmpty { expected = c.bits }
                #expect(c.bits == expected)
            }
        }
    }
}
