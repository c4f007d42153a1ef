// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

/// The kernels of a set that quantise rows of one size.
struct QuantizeKernels {
    let error: KernelSet.QuantizationError
    private let rows: KernelSet.QuantizeRows
    private let fourRows: KernelSet.QuantizeRows
    private let tileRows: KernelSet.TileRows?

    init(_ set: KernelSet, _ target: QuantizedActivationRows) {
        // For blocks that need no padding.
        let hasWholeBlocks = target.blockSize % 32 == 0 && target.k == target.blocks * target.blockSize
        rows = set.quantizeRows
        fourRows = hasWholeBlocks ? set.quantizeFourRows : set.quantizeRows
        tileRows = set.tileRows
        error = set.quantizationError
    }

    /// Quantises some blocks of a group of rows.
    ///
    /// - Parameters:
    ///   - x: the first row, from the first of the blocks on.
    ///   - count: rows, one to four; one alone is the last of all and makes a group of its own.
    ///   - stored: the first row as it is stored, a multiple of 4.
    ///   - blocks: from the beginning of a unit on, to such a beginning or to the end.
    func quantize(
        _ x: UnsafePointer<Float>, stride: Int, rows count: Int, into target: QuantizedActivationRows,
        stored: Int, blocks: Range<Int>
    ) {
        let group = count == 1 ? 1 : 4
        let first = blocks.lowerBound * target.blockSize
        let place = blocks.lowerBound * group
        var args = onnxlm_quantize_rows_args(
            x: x, x_row_stride: Int64(stride), rows: Int64(count), group_size: Int64(group),
            k: Int64(min(target.k - first, blocks.count * target.blockSize)),
            block_size: Int64(target.blockSize), blocks: Int64(blocks.count),
            values: target.values(stored: stored) + first * group,
            scales: target.scales(stored: stored) + place, sums: target.sums(stored: stored) + place,
            centres: target.centres(stored: stored) + place)
        if count == 4 { fourRows(&args) } else { rows(&args) }
        guard let tileRows, let tiles = target.tiles(stored: stored),
            let tileScales = target.tileScales(stored: stored)
        else { return }
        let units = (blocks.count * target.blockSize + 31) / 32
        var copy = onnxlm_tile_rows_args(
            values: args.values, scales: args.scales, units: Int64(units), blocks: args.blocks,
            tiles: tiles + first * 16, tile_scales: tileScales + blocks.lowerBound * 16)
        tileRows(&copy)
    }
}
