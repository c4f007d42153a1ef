// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// The blocks that the queries of SparseAttention see, layout by layout.
struct SparseLayout {
    let blockSize: Int
    /// By layout and block of queries: the blocks of keys.
    private let visible: [[Set<Int>]]

    /// Reads the rows and columns of compressed sparse matrices, each layout in a row.
    ///
    /// - Throws: `op.index` for indices that decrease or lie outside.
    init(rows: [Int], columns: [Int], layouts: Int, blockSize: Int) throws(ONNXError) {
        self.blockSize = blockSize
        let rowCount = rows.count / layouts
        let columnCount = columns.count / layouts
        var visible: [[Set<Int>]] = []
        for layout in 0..<layouts {
            var blocks: [Set<Int>] = []
            for row in 0..<rowCount - 1 {
                let first = rows[layout * rowCount + row]
                let end = rows[layout * rowCount + row + 1]
                guard first >= 0, first <= end, end <= columnCount else {
                    throw ONNXError(
                        "op.index",
                        "Row \(row) of layout \(layout) goes from \(first) to \(end) of \(columnCount) columns."
                    )
                }
                let part = columns[layout * columnCount + first..<layout * columnCount + end]
                blocks.append(Set(part))
            }
            visible.append(blocks)
        }
        self.visible = visible
    }

    /// Blocks of queries that the layouts know.
    var blockCount: Int { visible.first?.count ?? 0 }

    /// Writes 0 for each key that a query sees and −∞ for the others, `[count, total]`.
    func fill(
        _ scores: UnsafeMutablePointer<Float>, layout: Int, firstQuery: Int, count: Int, total: Int
    ) {
        for query in 0..<count {
            let blocks = visible[layout][(firstQuery + query) / blockSize]
            let line = scores + query * total
            var start = 0
            while start < total {
                let end = min(total, start + blockSize)
                let value: Float = blocks.contains(start / blockSize) ? 0 : -.infinity
                (line + start).update(repeating: value, count: end - start)
                start = end
            }
        }
    }
}
