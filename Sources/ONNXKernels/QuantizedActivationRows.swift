// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

/// Where rows of activations lie that ``QuantizedActivations`` holds. A plain value, so that tasks that read it count
/// no references.
///
/// Quantised rows lie in groups of four. Of rows that are sums of ``terms`` quantised rows a group of four has a group
/// for each term; a single row left over makes a group of its own, whose rows are its terms.
struct QuantizedActivationRows {
    let base: UnsafeMutableRawPointer
    let rows: Int
    /// Quantised rows that add up to a row.
    let terms: Int
    /// Inputs of a row; with ``terms`` all that are stored, padding included.
    let k: Int
    let blockSize: Int
    let blocks: Int
    let scalesOffset: Int
    let sumsOffset: Int
    let centresOffset: Int
    /// Where whole sixteens of the quantised rows lie once more as tiles; nil where products read no tiles.
    let tilesOffset: Int?
    /// Where their scales lie once more, `[tile][block][row]`.
    let tileScalesOffset: Int
    /// Bytes of memory that a thread needs for products of these rows, a multiple of 64.
    let productScratch: Int
    /// Whether products of these rows unpack columns for all of them (``KernelSet/qgemmColumns``).
    let unpacksColumns: Bool

    /// Quantised rows that memory is kept for: whole groups of four, and a single row.
    static func storedRows(_ rows: Int, terms: Int) -> Int {
        let isSingle = rows % 4 == 1
        if terms == 1 { return isSingle ? rows : (rows + 3) / 4 * 4 }
        return rows / 4 * 4 * terms + (isSingle ? 4 : rows % 4 == 0 ? 0 : 4 * terms)
    }

    /// Quantised rows that tiles hold, of those that memory is kept for.
    static func tiledRows(_ stored: Int) -> Int { stored / 16 * 16 }

    /// Rows from which on unpacking columns for all of them is faster than unpacking them for eight at a time.
    static let leastRowsOfColumns = 20

    /// Panels of a call that unpacks columns for so many rows, at most; a multiple of 4.
    static func mostPanels(rows: Int) -> Int {
        let groups = min(max(1, (rows + 3) / 4), Int(ONNXLM_COLUMN_GROUPS))
        return min(Int(ONNXLM_COLUMN_PANELS), Int(ONNXLM_COLUMN_SUMS) / groups / 4 * 4)
    }

    /// Rows that a task of a product takes: where columns are unpacked for all of them, so few that their activations stay
    /// in the second-level cache for task after task, in equal parts.
    var rowsPerTask: Int {
        guard unpacksColumns, terms == 1 else { return max(1, rows) }
        let most = min(max(128, 786_432 / (blocks * blockSize)), 4 * Int(ONNXLM_COLUMN_GROUPS))
        let parts = (rows + most - 1) / most
        return ((rows + parts - 1) / parts + 15) / 16 * 16
    }

    /// Panels that products of these rows take at a time.
    var panelsAtOnce: Int { unpacksColumns ? 4 : 2 }

    /// The first quantised row of a group of rows; `row` is a multiple of 4.
    func stored(_ row: Int) -> Int { row * terms }

    func values(stored row: Int) -> UnsafeMutablePointer<Int8> {
        (base + row * blocks * blockSize).assumingMemoryBound(to: Int8.self)
    }

    func scales(stored row: Int) -> UnsafeMutablePointer<Float> {
        (base + (scalesOffset + row * blocks * 4)).assumingMemoryBound(to: Float.self)
    }

    func sums(stored row: Int) -> UnsafeMutablePointer<Int32> {
        (base + (sumsOffset + row * blocks * 4)).assumingMemoryBound(to: Int32.self)
    }

    /// The place of a row in its tile, if it has one; `row` is a multiple of 4.
    func tiles(stored row: Int) -> UnsafeMutablePointer<Int8>? {
        guard let tilesOffset, isTiled(row) else { return nil }
        return (base + (tilesOffset + row / 16 * 16 * blocks * blockSize + row % 16 * 32))
            .assumingMemoryBound(to: Int8.self)
    }

    /// The place of a row's scales in those of its tile, if it has one; `row` is a multiple of 4.
    func tileScales(stored row: Int) -> UnsafeMutablePointer<Float>? {
        guard tilesOffset != nil, isTiled(row) else { return nil }
        return (base + tileScalesOffset).assumingMemoryBound(to: Float.self)
            + (row / 16 * 16 * blocks + row % 16)
    }

    private func isTiled(_ row: Int) -> Bool {
        row < Self.tiledRows(Self.storedRows(rows, terms: terms))
    }

    func centres(stored row: Int) -> UnsafeMutablePointer<Int32> {
        (base + (centresOffset + row * blocks * 4)).assumingMemoryBound(to: Int32.self)
    }
}
