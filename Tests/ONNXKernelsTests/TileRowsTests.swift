// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
import ONNXKernels
import ONNXTestSupport
import Testing

@Suite struct TileRowsTests {
    @Test func levelsWithTilesHaveTheKernel() {
        for kernels in TestKernels.sets {
            #expect((kernels.tileRows != nil) == (kernels.level >= .amx), "\(kernels.level)")
        }
    }

    /// `[unit][quad][row][4]` to the four rows from each place of `[unit][row 0..<16][32]`, and `[block][row]` to
    /// `[block][row 0..<16]`.
    @Test(arguments: [0, 1, 3], [0, 4, 12]) func groupsBecomeRows(units: Int, first: Int) {
        var generator = SeededGenerator(seed: 5)
        let values = GuardedMemory(generator.bytes(units * 128).map { Int8(bitPattern: $0) })
        let blocks = (units + 1) / 2
        let scales = GuardedMemory((0..<blocks * 4).map { Float($0) })
        for kernels in TestKernels.sets {
            guard let tileRows = kernels.tileRows else { continue }
            let tiles = GuardedMemory([Int8](repeating: 99, count: units * 512))
            let tileScales = GuardedMemory([Float](repeating: -1, count: blocks * 16))
            defer { keepAlive((values, scales, tiles, tileScales)) }
            var args = onnxlm_tile_rows_args(
                values: values.base, scales: scales.base, units: Int64(units), blocks: Int64(blocks),
                tiles: tiles.base + first * 32, tile_scales: tileScales.base + first)
            tileRows(&args)
            for index in 0..<blocks * 16 {
                let (block, row) = (index / 16, index % 16)
                let expected = first..<first + 4 ~= row ? scales.base[block * 4 + row - first] : -1
                #expect(tileScales.base[index] == expected)
            }
            for index in 0..<units * 512 {
                let (unit, row, input) = (index / 512, index % 512 / 32, index % 32)
                let source = unit * 128 + input / 4 * 16 + (row - first) * 4 + input % 4
                let expected = first..<first + 4 ~= row ? values.base[source] : 99
                #expect(tiles.base[index] == expected)
            }
        }
    }
}
