// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

/// How much memory the tasks of an ``AttentionJob`` need, in floats, and where in it each thing lies.
struct AttentionRoom {
    /// The memory of one thread.
    struct Slot {
        /// A tile's state over all ranges so far.
        let total: UnsafeMutablePointer<Float>
        /// The state of one range.
        let state: UnsafeMutablePointer<Float>
        let scores: UnsafeMutablePointer<Float>
        let block: UnsafeMutablePointer<Float>
        /// A tile's queries, normed and rotated.
        let queries: UnsafeMutablePointer<Float>
        /// ``rowCount`` rows of one head.
        let rows: UnsafeMutablePointer<Float>
    }

    /// Rows that are prepared together on their way into a cache.
    static let rowCount = 16

    /// Maxima, sums and outputs of a tile's rows.
    let stateSize: Int
    private let scoreSize: Int
    private let blockSize: Int
    private let querySize: Int
    private let rowsSize: Int

    init(_ job: AttentionJob) {
        func rounded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
        let size = job.attention.headSize
        stateSize = rounded(2 * job.rowsPerTile + rounded(job.rowsPerTile) * size)
        scoreSize = rounded(job.rowsPerTile) * (Int(ONNXLM_ATTENTION_BLOCK) + 1)
        blockSize = rounded(Int(onnxlm_attention_block_floats(Int64(job.rowsPerTile), Int64(size))))
        querySize = rounded(job.rowsPerTile * size)
        rowsSize = rounded(Self.rowCount * size)
    }

    var slotSize: Int { 2 * stateSize + scoreSize + blockSize + querySize + rowsSize }

    func slot(_ index: Int, _ memory: UnsafeMutablePointer<Float>) -> Slot {
        let total = memory + index * slotSize
        let scores = total + 2 * stateSize
        let block = scores + scoreSize
        let queries = block + blockSize
        return Slot(
            total: total, state: total + stateSize, scores: scores, block: block, queries: queries,
            rows: queries + querySize)
    }
}
