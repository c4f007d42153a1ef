// SPDX-License-Identifier: Apache-2.0
import ONNXExport
import ONNXGGUFImport
import Testing

@Suite struct BlockQuantizerTests {
    /// Quantises a row and decodes it again as `MatMulNBits` does.
    private func roundTrip(_ row: [Float], _ format: MatrixFormat, _ method: QuantizationRecipe.Method)
        -> [Float]?
    {
        let blocks = (row.count + 31) / 32
        var data = [UInt8](repeating: 0, count: blocks * 4 * format.bits)
        var scales = [Float](repeating: 0, count: blocks)
        var zeros = [UInt8](repeating: 0xff, count: (blocks * format.bits + 7) / 8)
        let quantizer = BlockQuantizer(format: format, method: method)
        let isFinite = zeros.withUnsafeMutableBufferPointer { buffer in
            quantizer.quantize(
                row, count: row.count, importance: nil, data: &data, scales: &scales,
                zeroPoints: format.hasZeroPoints ? buffer.baseAddress : nil)
        }
        guard isFinite else { return nil }
        return row.indices.map { index in
            let block = index / 32
            let code = format.bits == 8 ? data[index] : data[index / 2] >> UInt8(index % 2 * 4) & 15
            let zero =
                format.hasZeroPoints
                ? zeros[block / 2] >> UInt8(block % 2 * 4) & 15 : UInt8(1 << (format.bits - 1))
            return (Float(code) - Float(zero)) * scales[block]
        }
    }

    private func row(_ count: Int, offset: Float = 0) -> [Float] {
        var state: UInt32 = 12345
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(Int32(bitPattern: state) >> 8) * 0x1p-23 + offset
        }
    }

    private func error(_ left: [Float], _ right: [Float]) -> Float {
        zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    @Test(arguments: [1, 31, 32, 33, 96], [0, 0.4, -0.9] as [Float])
    func staysWithinAStep(count: Int, offset: Float) throws {
        let row = row(count, offset: offset)
        let wide = try #require(roundTrip(row, MatrixFormat(bits: 8, hasZeroPoints: false), .search))
        let largest = row.map(abs).max() ?? 0
        for (value, decoded) in zip(row, wide) { #expect(abs(value - decoded) <= largest / 253) }
        let format = MatrixFormat(bits: 4, hasZeroPoints: true)
        let narrow = try #require(roundTrip(row, format, .minMax))
        let step = (max(0, row.max() ?? 0) - min(0, row.min() ?? 0)) / 15
        for (value, decoded) in zip(row, narrow) { #expect(abs(value - decoded) <= step * 1.001) }
        let searched = try #require(roundTrip(row, format, .search))
        #expect(error(row, searched) <= error(row, narrow) * 1.0001 + 1e-12)
    }

    @Test func keepsWhatFourBitsHold() throws {
        let values = (0..<64).map { Float($0 % 16 - 5) * 0.25 }
        for method in [QuantizationRecipe.Method.minMax, .search] {
            let decoded = try #require(
                roundTrip(values, MatrixFormat(bits: 4, hasZeroPoints: true), method))
            #expect(zip(values, decoded).allSatisfy { abs($0 - $1) < 1e-6 })
        }
        let symmetric = (0..<32).map { Float($0 % 16 - 8) * -0.5 }
        let decoded = try #require(
            roundTrip(symmetric, MatrixFormat(bits: 4, hasZeroPoints: false), .symmetric))
        #expect(decoded == symmetric)
    }

    @Test(arguments: [
        [Float](repeating: 0, count: 32), [Float](repeating: 0x1p-149, count: 32),
        [Float](repeating: 3e38, count: 32), (0..<32).map { $0 % 2 == 0 ? 3e38 : -3e38 },
        [Float](repeating: -7, count: 5),
    ]) func survivesExtremes(values: [Float]) throws {
        for method in [QuantizationRecipe.Method.symmetric, .minMax, .search] {
            for bits in [4, 8] {
                let format = MatrixFormat(bits: bits, hasZeroPoints: bits == 4 && method != .symmetric)
                let decoded = try #require(roundTrip(values, format, method))
                #expect(decoded.allSatisfy { $0.isFinite }, "\(method) \(bits)")
            }
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func refusesNonFinite(value: Float) {
        var row = row(40)
        row[35] = value
        #expect(roundTrip(row, MatrixFormat(bits: 4, hasZeroPoints: true), .search) == nil)
        #expect(roundTrip(row, MatrixFormat(bits: 8, hasZeroPoints: false), .search) == nil)
    }
}
