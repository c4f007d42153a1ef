// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTestSupport
import Testing

@Suite struct QuantizedMatrixTests {
    static let cases: [QuantizedCase] = {
        var cases: [QuantizedCase] = []
        var seed: UInt64 = 100
        for bits in [4, 8] {
            for blockSize in [16, 32, 64, 128, 256] {
                for level in [4, 0] {
                    for zeros in [QuantizedCase.Zeros.none, .packed, .float] {
                        let shapes = [(blockSize, 8), (blockSize * 3, 17), (blockSize * 2 + 5, 31), (7, 1)]
                        for (k, n) in shapes {
                            seed += 1
                            cases.append(
                                QuantizedCase(
                                    bits: bits, blockSize: blockSize, k: k, n: n, zeros: zeros,
                                    hasBias: seed % 2 == 0, level: level,
                                    hasHalfScales: seed % 3 != 0, seed: seed))
                        }
                    }
                }
            }
        }
        for pattern in [QuantizedCase.Pattern.lowest, .highest, .alternating] {
            for (bits, zeros) in [(4, QuantizedCase.Zeros.none), (4, .packed), (8, .none), (8, .packed)] {
                for blockSize in [16, 32, 256] {
                    cases.append(
                        QuantizedCase(
                            bits: bits, blockSize: blockSize, k: 512, n: 24, zeros: zeros, pattern: pattern,
                            seed: 5))
                }
            }
        }
        for (bits, blockSize) in [(4, 32), (4, 16), (8, 64), (2, 32)] {
            cases.append(
                QuantizedCase(
                    bits: bits, blockSize: blockSize, k: 203, n: 19, zeros: .packed, hasGroupIndex: true,
                    level: 4,
                    seed: 77))
        }
        for (blockSize, zeros, level) in [
            (32, QuantizedCase.Zeros.none, 4), (16, .packed, 4), (64, .float, 0),
        ] {
            cases.append(
                QuantizedCase(
                    bits: 2, blockSize: blockSize, k: 130, n: 9, zeros: zeros, level: level, seed: 78))
        }
        for (bits, zeros, hasGroups) in [
            (4, QuantizedCase.Zeros.none, true), (4, .packed, false), (8, .packed, true), (2, .packed, false),
            (4, .float, true),
        ] {
            for blockSize in [512, 2048] {
                cases.append(
                    QuantizedCase(
                        bits: bits, blockSize: blockSize, k: 1300, n: 9, zeros: zeros,
                        hasGroupIndex: hasGroups, level: 0, seed: 81))
            }
        }
        cases.append(QuantizedCase(bits: 4, blockSize: 32, k: 1031, n: 263, hasBias: true, seed: 79))
        cases.append(QuantizedCase(bits: 8, blockSize: 32, k: 1031, n: 131, level: 1, seed: 80))
        // More than tiles take at once.
        for (bits, blockSize, zeros, k) in [
            (4, 32, QuantizedCase.Zeros.none, 2100), (4, 64, .packed, 4200), (8, 128, .none, 2200),
            (4, 32, .none, 1550), (8, 32, .none, 1632),
        ] {
            cases.append(
                QuantizedCase(
                    bits: bits, blockSize: blockSize, k: k, n: 27, zeros: zeros, hasBias: true, seed: 82))
        }
        return cases
    }()

    @Test(arguments: cases) func productsMatchTheExactOnes(_ test: QuantizedCase) throws {
        let data = test.make()
        let pool = try TestKernels.pool(2)
        var generator = SeededGenerator(seed: test.seed &+ 1000)
        let x = generator.floats(7 * test.k, in: -3...3)
        for kernels in TestKernels.sets {
            // Single rows have kernels of their own.
            for rows in [1, 5, 7] { try compare(test, data, kernels, x, rows, pool) }
        }
    }

    private func compare(
        _ test: QuantizedCase, _ data: QuantizedCase.Data, _ kernels: KernelSet, _ x: [Float], _ rows: Int,
        _ pool: WorkerPool
    ) throws {
        let matrix = try test.withSource(data) {
            try QuantizedMatrix(packing: $0, workers: pool, kernels: kernels)
        }
        let input = GuardedMemory(x)
        defer { keepAlive(input) }
        let output = GuardedMemory<Float>(count: rows * test.n)
        defer { keepAlive(output) }
        let scratch = KernelScratch()
        try matrix.multiply(input.base, rows: rows, into: output.base, workers: pool, scratch: scratch)
        for row in 0..<rows {
            let floats = Array(x[row * test.k..<(row + 1) * test.k])
            let seen =
                matrix.usesQuantizedActivations
                ? test.quantisedActivations(floats) : floats.map(Double.init)
            for column in 0..<test.n {
                var sum = 0.0
                var magnitude = 0.0
                for i in 0..<test.k {
                    sum += seen[i] * data.weights[column][i]
                    magnitude += abs(seen[i] * data.weights[column][i])
                }
                if test.hasBias {
                    sum += Double(data.bias[column])
                    magnitude += abs(Double(data.bias[column]))
                }
                let allowed =
                    magnitude
                    * (matrix.usesQuantizedActivations
                        ? KernelTolerance.quantizedProduct : KernelTolerance.floatProduct)
                let actual = Double(output.base[row * test.n + column])
                #expect(
                    abs(actual - sum) <= allowed + KernelTolerance.tiny,
                    "\(kernels.level) row \(row) column \(column): \(actual) for \(sum), allowed \(allowed)"
                )
            }
        }
    }

    @Test(arguments: cases) func bitsDoNotDependOnRowsOrThreads(_ test: QuantizedCase) throws {
        let data = test.make()
        var generator = SeededGenerator(seed: test.seed &+ 2000)
        let rows = 35
        let x = generator.floats(rows * test.k, in: -3...3)
        for kernels in TestKernels.sets {
            var expected: [UInt32] = []
            for threads in [1, 2, 3] {
                let pool = try TestKernels.pool(threads, multipliesInFixedOrder: true)
                let matrix = try test.withSource(data) {
                    try QuantizedMatrix(packing: $0, workers: pool, kernels: kernels)
                }
                let scratch = KernelScratch()
                for batch in [1, 2, 3, 4, 5, 6, 8, 13, 16, 31, 35] {
                    let output = GuardedMemory<Float>(count: rows * test.n)
                    defer { keepAlive(output) }
                    var row = 0
                    while row < rows {
                        let count = min(batch, rows - row)
                        let part = GuardedMemory(Array(x[row * test.k..<(row + count) * test.k]))
                        defer { keepAlive(part) }
                        try matrix.multiply(
                            part.base, rows: count, into: output.base + row * test.n, workers: pool,
                            scratch: scratch)
                        row += count
                    }
                    let bits = output.array.bits
                    if expected.isEmpty { expected = bits }
                    #expect(bits == expected, "\(kernels.level), \(threads) threads, \(batch) rows at a time")
                }
            }
        }
    }

    /// Blocks that every level quantises: those of accuracy level 4, and single rows of floats but for zero points that
    /// are floats.
    @Test(arguments: cases.filter { $0.level == 4 || $0.zeros != .float })
    func levelsAgreeBitForBit(_ test: QuantizedCase) throws {
        let data = test.make()
        let pool = try TestKernels.pool(1)
        var generator = SeededGenerator(seed: test.seed &+ 3000)
        let x = generator.floats(19 * test.k, in: -3...3)
        var results: [[UInt32]] = []
        for kernels in TestKernels.sets {
            let matrix = try test.withSource(data) {
                try QuantizedMatrix(packing: $0, workers: pool, kernels: kernels)
            }
            let rows = matrix.usesQuantizedActivations ? 19 : 1
            let output = GuardedMemory<Float>(count: rows * test.n)
            defer { keepAlive(output) }
            try matrix.multiply(x, rows: rows, into: output.base, workers: pool, scratch: KernelScratch())
            results.append(output.array.bits)
        }
        #expect(results.allSatisfy { $0 == results[0] })
    }

    @Test(
        arguments: [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude],
        [0, 4])
    func extremeActivationsStayVisible(_ value: Float, _ level: Int) throws {
        let test = QuantizedCase(bits: 4, blockSize: 32, k: 96, n: 9, level: level)
        let data = test.make()
        let pool = try TestKernels.pool(1)
        var x = [Float](repeating: 0.5, count: 2 * 96)
        x[96 + 40] = value
        for kernels in TestKernels.sets {
            let matrix = try test.withSource(data) {
                try QuantizedMatrix(packing: $0, workers: pool, kernels: kernels)
            }
            let output = GuardedMemory<Float>(count: 2 * 9)
            defer { keepAlive(output) }
            try matrix.multiply(x, rows: 2, into: output.base, workers: pool, scratch: KernelScratch())
            #expect(output.array[0..<9].allSatisfy { $0.isFinite })
            #expect(output.array[9...].allSatisfy { value.isFinite ? !$0.isNaN : !$0.isFinite })
        }
    }

    @Test func sharedActivationsGiveTheSameProducts() throws {
        let pool = try TestKernels.pool(2)
        let first = QuantizedCase(bits: 4, blockSize: 32, k: 320, n: 48, seed: 1)
        let second = QuantizedCase(bits: 8, blockSize: 32, k: 320, n: 23, seed: 2)
        let third = QuantizedCase(bits: 4, blockSize: 64, k: 320, n: 17, level: 0, seed: 3)
        let matrices = try [first, second, third].map { test in
            try test.withSource(test.make()) { try QuantizedMatrix(packing: $0, workers: pool) }
        }
        var generator = SeededGenerator(seed: 4)
        let x = generator.floats(6 * 320)
        let scratch = KernelScratch()
        let together = matrices.map { GuardedMemory<Float>(count: 6 * $0.n) }
        let products = zip(matrices, together).map { QuantizedProduct($0, into: $1.base) }
        try products.withUnsafeBufferPointer {
            try QuantizedProducts.multiply(x, rows: 6, $0, workers: pool, scratch: scratch)
        }
        for (matrix, joint) in zip(matrices, together) {
            let alone = GuardedMemory<Float>(count: 6 * matrix.n)
            defer { keepAlive(alone) }
            try matrix.multiply(x, rows: 6, into: alone.base, workers: pool, scratch: scratch)
            #expect(alone.array.bits == joint.array.bits)
        }
    }

    /// More columns than a task takes, more rows than a call, and rows so long that a task takes some of them.
    @Test(arguments: [(40, 1200, 2200), (533, 640, 40), (277, 6144, 40)])
    func manyRowsAndColumnsHaveTheBitsOfOne(_ size: (rows: Int, k: Int, n: Int)) throws {
        let pool = try TestKernels.pool(1)
        let test = QuantizedCase(bits: 4, blockSize: 32, k: size.k, n: size.n, zeros: .packed, hasBias: true)
        let data = test.make()
        var generator = SeededGenerator(seed: 5)
        let x = generator.floats(size.rows * size.k, in: -3...3)
        for kernels in TestKernels.sets {
            let matrix = try test.withSource(data) {
                try QuantizedMatrix(packing: $0, workers: pool, kernels: kernels)
            }
            let scratch = KernelScratch()
            let together = GuardedMemory<Float>(count: size.rows * size.n)
            let alone = GuardedMemory<Float>(count: size.n)
            defer {
                keepAlive(together)
                keepAlive(alone)
            }
            try matrix.multiply(x, rows: size.rows, into: together.base, workers: pool, scratch: scratch)
            for row in [0, 1, 19, 39, size.rows / 3, size.rows / 2, size.rows - 22, size.rows - 1] {
                let input = Array(x[row * size.k..<(row + 1) * size.k])
                try matrix.multiply(input, rows: 1, into: alone.base, workers: pool, scratch: scratch)
                let line = row * size.n..<(row + 1) * size.n
                #expect(together.array[line].map(\.bitPattern) == alone.array.bits)
            }
        }
    }

    /// Limited columns have the bits of a whole product in the rows that are wanted, other columns in all.
    @Test(arguments: [(4, 32, 4), (8, 32, 4), (4, 16, 4), (4, 32, 0)], [1, 2, 20, 37, 150])
    func columnsMayBeWantedOfTheLastRows(_ form: (bits: Int, blockSize: Int, level: Int), wanted: Int) throws
    {
        let n = 104
        // Many rows so long that tasks take some of them.
        let (rows, k) = wanted > 41 ? (277, 6144) : (41, 160)
        for kernels in TestKernels.sets {
            let pool = try TestKernels.pool(2)
            let test = QuantizedCase(
                bits: form.bits, blockSize: form.blockSize, k: k, n: n, level: form.level)
            let matrix = try test.withSource(test.make()) {
                try QuantizedMatrix(packing: $0, workers: pool, kernels: kernels)
            }
            var generator = SeededGenerator(seed: 4)
            let x = generator.floats(rows * k)
            let whole = GuardedMemory<Float>(count: rows * n)
            let limited = GuardedMemory<Float>(count: rows * n)
            defer {
                keepAlive(whole)
                keepAlive(limited)
            }
            try matrix.multiply(x, rows: rows, into: whole.base, workers: pool, scratch: KernelScratch())
            var product = QuantizedProduct(matrix, into: limited.base)
            product.limit(columns: 75, toRowsFrom: rows - wanted)
            try withUnsafePointer(to: product) {
                try QuantizedProducts.multiply(
                    x, rows: rows, UnsafeBufferPointer(start: $0, count: 1), workers: pool,
                    scratch: KernelScratch())
            }
            for row in 0..<rows {
                let line = row * n + (row < rows - wanted ? 75 : 0)..<(row + 1) * n
                #expect(limited.array[line].map(\.bitPattern) == whole.array[line].map(\.bitPattern))
            }
        }
    }

    @Test func packedFormCanBeMappedAgain() throws {
        let pool = try TestKernels.pool(1)
        let test = QuantizedCase(
            bits: 4, blockSize: 32, k: 100, n: 11, zeros: .packed, hasGroupIndex: true, hasBias: true,
            level: 0)
        let matrix = try test.withSource(test.make()) { try QuantizedMatrix(packing: $0, workers: pool) }
        let copy = try AlignedMemory(byteCount: matrix.byteCount)
        copy.bytes.copyMemory(from: matrix.bytes)
        let mapped = try QuantizedMatrix(mapped: UnsafeRawBufferPointer(copy.bytes), owner: copy)
        let x = [Float](repeating: 0.25, count: 100)
        let outputs = try [matrix, mapped].map { matrix in
            let output = GuardedMemory<Float>(count: 11)
            defer { keepAlive(output) }
            try matrix.multiply(x, rows: 1, into: output.base, workers: pool, scratch: KernelScratch())
            return output.array.bits
        }
        #expect(outputs[0] == outputs[1])
        var refused = 0
        for byte in 0..<104 {
            let broken = try AlignedMemory(byteCount: matrix.byteCount)
            broken.bytes.copyMemory(from: matrix.bytes)
            broken.bytes[byte] ^= 0x40
            do {
                _ = try QuantizedMatrix(mapped: UnsafeRawBufferPointer(broken.bytes), owner: broken)
            } catch {
                #expect(error.code == "kernel.packed_matrix")
                refused += 1
            }
        }
        #expect(refused > 90)
        #expect(throws: ONNXError.self) {
            _ = try QuantizedMatrix(
                mapped: UnsafeRawBufferPointer(rebasing: copy.bytes.dropLast(64)), owner: copy)
        }
    }

    @Test func emptySizesAreDefined() throws {
        let pool = try TestKernels.pool(2)
        for (k, n) in [(0, 5), (32, 0), (0, 0)] {
            for level in [0, 4] {
                let test = QuantizedCase(bits: 4, blockSize: 32, k: k, n: n, hasBias: true, level: level)
                let data = test.make()
                let matrix = try test.withSource(data) { try QuantizedMatrix(packing: $0, workers: pool) }
                let x = [Float](repeating: 1, count: max(1, 3 * k))
                for rows in [0, 1, 3] {
                    let output = GuardedMemory<Float>(count: max(1, rows * n))
                    defer { keepAlive(output) }
                    try matrix.multiply(
                        x, rows: rows, into: output.base, workers: pool, scratch: KernelScratch())
                    if k == 0 && rows * n > 0 { #expect(Array(output.array.prefix(n)) == data.bias) }
                }
            }
        }
    }

    @Test func wrongLengthsAreRefused() throws {
        let pool = try TestKernels.pool(1)
        let test = QuantizedCase(
            bits: 4, blockSize: 32, k: 64, n: 4, zeros: .packed, hasGroupIndex: true, level: 0)
        let data = test.make()
        func refused(_ change: (inout QuantizedMatrixSource) -> Void) {
            test.withSource(data) { (source: QuantizedMatrixSource) -> Void in
                var wrong = source
                change(&wrong)
                #expect(throws: ONNXError.self) { _ = try QuantizedMatrix(packing: wrong, workers: pool) }
            }
        }
        refused { $0.bits = 3 }
        refused { $0.blockSize = 48 }
        refused { $0.blockSize = 512 }
        refused { $0.k = 65 }
        refused { $0.k = -1 }
        refused { $0.n = Int.max }
        refused { $0.accuracyLevel = 5 }
        refused { $0.scales = UnsafeRawBufferPointer(rebasing: $0.scales.dropLast()) }
        refused { $0.values = UnsafeRawBufferPointer(rebasing: $0.values.dropLast()) }
        refused { $0.groupIndex = $0.groupIndex.map { UnsafeRawBufferPointer(rebasing: $0.dropLast(4)) } }
        var outside = data
        outside.groups[3] = 2
        test.withSource(outside) { (source: QuantizedMatrixSource) -> Void in
            #expect(throws: ONNXError.self) { _ = try QuantizedMatrix(packing: source, workers: pool) }
        }
    }
}
