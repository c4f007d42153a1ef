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

    /// `[unit][quad][row][4]` to the four rows from each place of `[unit][row 0..<16][32]`.
    @Test(arguments: [0, 1, 3], [0, 4, 12]) func groupsBecomeRows(units: Int, first: Int) {
        var generator = SeededGenerator(seed: 5)
        let values = GuardedMemory(generator.bytes(units * 128).map { Int8(bitPattern: $0) })
        for kernels in TestKernels.sets {
            guard let tileRows = kernels.tileRows else { continue }
            let tiles = GuardedMemory([Int8](repeating: 99, count: units * 512))
            defer { keepAlive((values, tiles)) }
            var args = onnxlm_tile_rows_args(
                values: values.base, units: Int64(units), tiles: tiles.base + first * 32)
            tileRows(&args)
            for index in 0..<units * 512 {
                let (unit, row, input) = (index / 512, index % 512 / 32, index % 32)
                let source = unit * 128 + input / 4 * 16 + (row - first) * 4 + input % 4
                let expected = first..<first + 4 ~= row ? values.base[source] : 99
                #expect(tiles.base[index] == expected)
            }
        }
    }
}
