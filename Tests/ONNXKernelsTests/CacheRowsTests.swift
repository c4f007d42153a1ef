// SPDX-License-Identifier: Apache-2.0
import ONNXKernels
import ONNXTestSupport
import Testing

@Suite struct CacheRowsTests {
    struct Case: CustomStringConvertible, Sendable {
        let type: Attention.CacheType
        let headSize: Int
        let isPanelled: Bool
        let first: Int
        let rows: Int

        var description: String {
            "\(type) size \(headSize) panels \(isPanelled) positions \(first)..<\(first + rows)"
        }
    }

    static let cases: [Case] = [Attention.CacheType.float32, .float16, .int8, .int16, .bfloat16].flatMap {
        type in
        [1, 7, 8, 15, 32, 64, 80, 96].flatMap { size in
            [true, false].flatMap { isPanelled in
                [(0, 0), (0, 1), (5, 3), (14, 5), (15, 1), (16, 33), (3, 50)].map {
                    Case(type: type, headSize: size, isPanelled: isPanelled, first: $0.0, rows: $0.1)
                }
            }
        }
    }

    /// Every level writes the bytes of the reference, and no others.
    @Test(arguments: cases) func levelsWriteTheSameBytes(_ test: Case) throws {
        var generator = SeededGenerator(seed: UInt64(test.headSize + test.first))
        let stride = test.headSize + 3
        let source = GuardedMemory(generator.floats(max(1, test.rows) * stride, in: -3...3))
        var expected: ([UInt8], [UInt32])?
        for kernels in TestKernels.sets {
            let written = write(test, kernels, source.base, stride)
            #expect(expected == nil || expected! == written, "\(kernels.level)")
            expected = expected ?? written
        }
        keepAlive(source)
    }

    private func write(
        _ test: Case, _ kernels: KernelSet, _ source: UnsafePointer<Float>, _ stride: Int
    ) -> ([UInt8], [UInt32]) {
        let capacity = 64
        let memory = GuardedMemory(
            [UInt8](repeating: 0xA5, count: capacity * test.headSize * test.type.byteCount))
        let scales = GuardedMemory([Float](repeating: 7, count: capacity))
        kernels.storeCacheRows(
            source, stride: stride, rows: test.rows, headSize: test.headSize, into: memory.base,
            scales: scales.base, first: test.first, type: test.type, isPanelled: test.isPanelled)
        return (memory.array, scales.array.bits)
    }

    /// Values come back within half a step of their type.
    @Test(arguments: [Attention.CacheType.float32, .float16, .int8, .int16, .bfloat16], [true, false])
    func valuesComeBack(type: Attention.CacheType, isPanelled: Bool) {
        var generator = SeededGenerator(seed: 5)
        let source = generator.floats(2 * 70 * 24, in: -4...4)
        let heads = CachedHeads(
            source, heads: 2, total: 70, headSize: 24, type: type, isPanelled: isPanelled)
        for row in 0..<140 {
            let values = source[row * 24..<row * 24 + 24]
            let largest = values.map(abs).max() ?? 0
            for index in values.indices {
                let allowed: Float =
                    switch type {
                    case .float32: 0
                    case .float16: abs(source[index]) / 2048
                    case .bfloat16: abs(source[index]) / 256
                    case .int8: largest / 127 * 0.5001
                    case .int16: largest / (isPanelled ? 16383 : 4095) * 0.5005
                    }
                #expect(abs(heads.floats[index] - source[index]) <= allowed)
            }
        }
    }

    /// Halves go to even, large numbers to infinity, and every NaN stays one.
    @Test(arguments: [true, false]) func bfloat16IsRounded(isPanelled: Bool) {
        let bits: [(UInt32, UInt16)] = [
            (0x3F80_0000, 0x3F80), (0x3F80_8000, 0x3F80), (0x3F81_8000, 0x3F82), (0x3F80_8001, 0x3F81),
            (0xBF80_7FFF, 0xBF80), (0x7F7F_FFFF, 0x7F80), (0xFF80_0000, 0xFF80), (0x7F80_0001, 0x7FC0),
            (0xFFFF_FFFF, 0xFFFF), (0x0000_8001, 0x0001), (0x8000_0000, 0x8000),
        ]
        for size in [32, 11] {
            let row = (0..<size).map { Float(bitPattern: bits[$0 % bits.count].0) }
            for kernels in TestKernels.sets {
                var words = [UInt16](repeating: 9, count: 64 * size)
                kernels.storeCacheRows(
                    row, stride: size, rows: 1, headSize: size, into: &words, scales: nil, first: 0,
                    type: .bfloat16, isPanelled: isPanelled)
                for element in 0..<size {
                    let isLast = element == size - 1 && size % 2 == 1
                    let place =
                        !isPanelled
                        ? 2 * element : isLast ? 16 * element : element / 2 * 32 + element % 2
                    #expect(words[place] == bits[element % bits.count].1, "\(kernels.level) \(element)")
                }
            }
        }
    }

    @Test func rowsOfZerosAndWithoutEndInInt8() {
        for kernels in TestKernels.sets {
            for (value, scale, code) in [
                (Float(0), Float(1), UInt8(0)), (.infinity, .nan, 1), (.nan, .nan, 1),
                (.leastNonzeroMagnitude, 1, 0),
            ] {
                var row = [Float](repeating: 0, count: 16)
                row[11] = value
                var codes = [UInt8](repeating: 9, count: 16)
                var scales: [Float] = [5]
                kernels.storeCacheRows(
                    row, stride: 16, rows: 1, headSize: 16, into: &codes, scales: &scales, first: 0,
                    type: .int8, isPanelled: false)
                #expect(scales[0].bitPattern == scale.bitPattern || scales[0].isNaN && scale.isNaN)
                #expect(codes == [UInt8](repeating: code, count: 16), "\(kernels.level) \(value)")
            }
        }
    }

    /// Rows of zeros, of next to nothing, and with what is not finite, among others.
    @Test(arguments: [true, false]) func unusualRowsInInt16(isPanelled: Bool) {
        var generator = SeededGenerator(seed: 6)
        let size = 64
        var x = generator.floats(18 * size, in: -3...3)
        for i in 0..<size {
            x[2 * size + i] = 0
            x[5 * size + i] *= .leastNormalMagnitude
        }
        x[7 * size + 63] = .infinity
        x[12 * size] = .nan
        x[17 * size + 31] = -.infinity
        var expected: ([UInt16], [Float])?
        for kernels in TestKernels.sets {
            var codes = [UInt16](repeating: 9, count: 32 * size)
            var scales = [Float](repeating: 5, count: 32)
            kernels.storeCacheRows(
                x, stride: size, rows: 18, headSize: size, into: &codes, scales: &scales, first: 0,
                type: .int16,
                isPanelled: isPanelled)
            #expect([7, 12, 17].allSatisfy { scales[$0].isNaN } && scales[2] == 1 && scales[5] == 1)
            let numbers = scales.map { $0.isNaN ? -1 : $0 }
            #expect(expected == nil || expected! == (codes, numbers), "\(kernels.level)")
            expected = expected ?? (codes, numbers)
        }
    }
}
