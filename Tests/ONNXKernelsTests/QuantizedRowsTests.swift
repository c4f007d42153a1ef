// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTestSupport
import Testing

@Suite struct QuantizedRowsTests {
    struct Case: CustomStringConvertible, Sendable {
        var bits: Int
        var isSigned: Bool
        var blockSize: Int
        var columns: Int
        var hasZeros: Bool

        var description: String {
            "\(bits) bits signed \(isSigned) block \(blockSize) columns \(columns) zeros \(hasZeros)"
        }
    }

    static let cases: [Case] = [2, 4, 8].flatMap { bits in
        [(16, 64), (32, 96), (32, 41), (128, 1), (64, 640)].flatMap { (blockSize, columns) in
            [false, true].map {
                Case(
                    bits: bits, isSigned: $0, blockSize: blockSize, columns: columns,
                    hasZeros: $0 != (columns == 96))
            }
        }
    }

    @Test(arguments: cases) func rowsMatchTheFormula(_ test: Case) throws {
        var generator = SeededGenerator(seed: 41)
        let rows = 5
        let valueBytes = (test.columns * test.bits + 7) / 8
        let blocks = (test.columns + test.blockSize - 1) / test.blockSize
        let zeroBytes = (blocks * test.bits + 7) / 8
        let values = GuardedMemory(generator.bytes(rows * valueBytes))
        defer { keepAlive(values) }
        let zeros = GuardedMemory(generator.bytes(rows * zeroBytes))
        defer { keepAlive(zeros) }
        let scales = GuardedMemory(generator.floats(rows * blocks))
        defer { keepAlive(scales) }
        func element(_ bytes: GuardedMemory<UInt8>, _ start: Int, _ index: Int) -> Int {
            let perByte = 8 / test.bits
            let raw =
                (Int(bytes.base[start + index / perByte]) >> (index % perByte * test.bits))
                & ((1 << test.bits) - 1)
            return test.isSigned && raw >= 1 << (test.bits - 1) ? raw - (1 << test.bits) : raw
        }
        for kernels in TestKernels.sets {
            let table = try QuantizedRows(
                rows: rows, columns: test.columns,
                source: .init(
                    bits: test.bits, isSigned: test.isSigned, blockSize: test.blockSize, values: values.raw,
                    scales: UnsafeBufferPointer(start: scales.base, count: scales.count),
                    zeroPoints: test.hasZeros ? zeros.raw : nil, defaultZeroPoint: 3), kernels: kernels)
            for row in 0..<rows {
                let y = GuardedMemory<Float>(count: test.columns)
                defer { keepAlive(y) }
                table.dequantize(row: row, into: y.base)
                for column in 0..<test.columns {
                    let block = column / test.blockSize
                    let zero = test.hasZeros ? element(zeros, row * zeroBytes, block) : 3
                    let scale = scales.base[row * blocks + block]
                    let expected = Float(element(values, row * valueBytes, column) - zero) * scale
                    #expect(y.base[column] == expected, "\(kernels.level) row \(row) column \(column)")
                }
            }
        }
    }

    @Test func wrongLengthsAreRefused() {
        let values = GuardedMemory<UInt8>(count: 32)
        defer { keepAlive(values) }
        let scales = GuardedMemory<Float>(count: 2)
        defer { keepAlive(scales) }
        func make(_ rows: Int, _ columns: Int, _ bits: Int, _ blockSize: Int) throws -> QuantizedRows {
            try QuantizedRows(
                rows: rows, columns: columns,
                source: .init(
                    bits: bits, isSigned: false, blockSize: blockSize, values: values.raw,
                    scales: UnsafeBufferPointer(start: scales.base, count: 2), zeroPoints: nil,
                    defaultZeroPoint: 8))
        }
        #expect(throws: Never.self) { _ = try make(2, 32, 4, 32) }
        for (rows, columns, bits, blockSize) in [
            (3, 32, 4, 32), (2, 33, 4, 32), (2, 32, 3, 32), (2, 32, 4, 16), (2, 32, 4, 0), (-1, 32, 4, 32),
            (Int.max, Int.max, 8, 32),
        ] {
            #expect(throws: ONNXError.self) { _ = try make(rows, columns, bits, blockSize) }
        }
    }
}
