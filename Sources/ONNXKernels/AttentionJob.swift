// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
import ONNXErrors

/// One computation of ``Attention``, cut into tiles of query positions of one key/value head.
///
/// With one tile a head, the tasks that attend also append the new keys and values: the one whose range of keys holds
/// them. With few tiles and many keys, a tile is cut into its ranges of keys; all ways merge the same ranges in the
/// same order.
struct AttentionJob {
    let attention: Attention
    let query: UnsafePointer<Float>
    let queryStrides: RotaryEmbedding.Strides
    let newRows: Attention.NewRows?
    let keys: Attention.Cache
    let values: Attention.Cache
    let y: UnsafeMutablePointer<Float>
    let yStrides: RotaryEmbedding.Strides
    let kernels: KernelSet

    /// Rows that a tile has at most, where a position has no more. Tiles of AMX wake slowly, and want more to do at a time.
    private var mostRows: Int { attention.cacheType.liesInPairs && kernels.level == .amx ? 192 : 96 }
    /// Floats of states that are merged by the calling thread, where waking others costs more.
    private static let floatsMergedAlone = 1 << 16

    var group: Int { attention.heads / attention.keyValueHeads }
    var tilePositions: Int { max(1, min(attention.sequence, mostRows / group)) }
    private var tiles: Int { (attention.sequence + tilePositions - 1) / tilePositions }
    var rowsPerTile: Int { tilePositions * group }

    /// Ranges that the first query, or a later one, sees.
    var ranges: Range<Int> {
        let end = (attention.total + Attention.keysPerRange - 1) / Attention.keysPerRange
        guard let window = attention.window, window > 0 else { return 0..<end }
        return min(end, max(0, attention.past - window + 1) / Attention.keysPerRange)..<end
    }

    private var appendsInTasks: Bool {
        newRows.map { new in
            tiles == 1 && new.first == attention.past && new.first + new.count == attention.total
        } ?? false
    }

    func run(_ workers: WorkerPool, _ scratch: KernelScratch) throws(ONNXError) {
        let ranges = ranges
        let tasks = attention.keyValueHeads * tiles
        let isSplit = ranges.count > 1 && tasks < workers.threadCount * 4 && workers.threadCount > 1
        let room = AttentionRoom(self)
        let stateCount = isSplit ? tasks * ranges.count : 0
        let floats = room.slotSize * workers.threadCount + room.stateSize * stateCount
        let memory = try scratch.reserve(byteCount: floats * 4).assumingMemoryBound(to: Float.self)
        let pass = AttentionPass(
            job: self, tiles: tiles, ranges: ranges, room: room, memory: memory,
            states: memory + room.slotSize * workers.threadCount)
        if let newRows, !appendsInTasks { pass.append(newRows.count, workers) }
        if isSplit {
            let mergesAlone = room.stateSize * stateCount <= Self.floatsMergedAlone
            pass.runSplit(tasks, mergesAlone: mergesAlone, workers)
        } else {
            pass.runWhole(tasks, workers)
        }
    }

    func attend(
        _ head: Int, _ tile: Int, _ range: Int, _ queries: PreparedQueries,
        state: UnsafeMutablePointer<Float>, _ place: AttentionRoom.Slot
    ) {
        if appendsInTasks, let newRows {
            let first = max(range * Attention.keysPerRange, newRows.first)
            let end = min((range + 1) * Attention.keysPerRange, attention.total)
            if first < end {
                store(newRows, head: head, first - newRows.first..<end - newRows.first, place.rows)
            }
        }
        attendRange(head, tile, range, queries, state: state, place)
    }

    func positions(_ tile: Int) -> Int { min(tilePositions, attention.sequence - tile * tilePositions) }

    /// Whether any row of the tile sees a key of the range.
    func isVisible(_ range: Int, _ tile: Int) -> Bool {
        let first = attention.past + tile * tilePositions
        let firstKey = range * Attention.keysPerRange
        if attention.isCausal && firstKey > first + positions(tile) - 1 { return false }
        if let window = attention.window, window > 0, firstKey + Attention.keysPerRange <= first - window + 1
        {
            return false
        }
        return true
    }
}
