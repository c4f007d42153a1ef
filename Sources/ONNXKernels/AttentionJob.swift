// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
import ONNXErrors

/// One computation of ``Attention``, cut into tiles of query positions of one key/value head.
///
/// With few tiles and many keys, a tile is cut into its ranges of keys too; both ways merge the same ranges in the
/// same order.
struct AttentionJob {
    let attention: Attention
    let query: UnsafePointer<Float>
    let queryStrides: RotaryEmbedding.Strides
    let keys: Attention.Cache
    let values: Attention.Cache
    let y: UnsafeMutablePointer<Float>
    let yStrides: RotaryEmbedding.Strides
    let kernels: KernelSet

    private var group: Int { attention.heads / attention.keyValueHeads }
    /// Query positions of a tile: about 48 rows.
    private var tilePositions: Int { max(1, min(attention.sequence, 48 / group)) }
    private var tiles: Int { (attention.sequence + tilePositions - 1) / tilePositions }
    private var rowsPerTile: Int { tilePositions * group }
    /// Maxima, sums and outputs of a tile's rows, in floats.
    private var stateSize: Int { (rowsPerTile * (attention.headSize + 2) + 15) / 16 * 16 }
    private var scoreSize: Int { Int(ONNXLM_ATTENTION_BLOCK) * 4 }

    func run(_ workers: WorkerPool, _ scratch: KernelScratch) throws(ONNXError) {
        let ranges = (attention.total + Attention.keysPerRange - 1) / Attention.keysPerRange
        let tasks = attention.keyValueHeads * tiles
        if ranges > 1 && tasks < workers.threadCount * 4 && workers.threadCount > 1 {
            try runSplit(ranges, workers, scratch)
            return
        }
        let slotSize = 2 * stateSize + scoreSize
        let memory = try scratch.reserve(byteCount: slotSize * 4 * workers.threadCount)
            .assumingMemoryBound(to: Float.self)
        workers.run(count: tasks) { task, slot in
            let head = task / tiles
            // Later tiles see more keys: begin with them.
            let tile = tiles - 1 - task % tiles
            let total = memory + slot * slotSize
            start(total, head, tile)
            for range in 0..<ranges where isVisible(range, tile) {
                attend(head, tile, range, state: total + stateSize, scores: total + 2 * stateSize)
                merge(total + stateSize, into: total, tile)
            }
            finish(total, head, tile)
        }
    }

    private func runSplit(_ ranges: Int, _ workers: WorkerPool, _ scratch: KernelScratch) throws(ONNXError) {
        let tasks = attention.keyValueHeads * tiles
        let slots = workers.threadCount
        let floats = stateSize * (tasks * ranges + slots) + scoreSize * slots
        let memory = try scratch.reserve(byteCount: floats * 4).assumingMemoryBound(to: Float.self)
        let totals = memory + stateSize * tasks * ranges
        let scores = totals + stateSize * slots
        workers.run(count: tasks * ranges) { index, slot in
            let (task, range) = index.quotientAndRemainder(dividingBy: ranges)
            let tile = task % tiles
            guard isVisible(range, tile) else { return }
            attend(
                task / tiles, tile, range, state: memory + stateSize * index,
                scores: scores + slot * scoreSize)
        }
        workers.run(count: tasks) { task, slot in
            let total = totals + slot * stateSize
            start(total, task / tiles, task % tiles)
            for range in 0..<ranges where isVisible(range, task % tiles) {
                merge(memory + stateSize * (task * ranges + range), into: total, task % tiles)
            }
            finish(total, task / tiles, task % tiles)
        }
    }

    private var kernel: KernelSet.Attend {
        if attention.headSize % 8 != 0 { return kernels.attendAnySize }
        return attention.cacheType == .float16 ? kernels.attendHalf : kernels.attend
    }

    private func positions(_ tile: Int) -> Int {
        min(tilePositions, attention.sequence - tile * tilePositions)
    }

    /// Whether any row of the tile sees a key of the range.
    private func isVisible(_ range: Int, _ tile: Int) -> Bool {
        let first = attention.past + tile * tilePositions
        let firstKey = range * Attention.keysPerRange
        if attention.isCausal && firstKey > first + positions(tile) - 1 { return false }
        if let window = attention.window, window > 0, firstKey + Attention.keysPerRange <= first - window + 1
        {
            return false
        }
        return true
    }

    private func outputs(_ state: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
        state + 2 * rowsPerTile
    }

    /// The state before any key: empty, or the sink alone.
    private func start(_ state: UnsafeMutablePointer<Float>, _ head: Int, _ tile: Int) {
        let rows = positions(tile) * group
        let hasSink = attention.headSink != nil || attention.isSmooth
        for row in 0..<rows {
            let sink = attention.headSink?[head * group + row % group] ?? 0
            let counts = hasSink && sink != -.infinity
            state[row] = counts ? sink : -.infinity
            state[rowsPerTile + row] = counts ? 1 : 0
        }
        let values = outputs(state)
        for index in 0..<rows * attention.headSize { values[index] = 0 }
    }

    private func attend(
        _ head: Int, _ tile: Int, _ range: Int, state: UnsafeMutablePointer<Float>,
        scores: UnsafeMutablePointer<Float>
    ) {
        let position = tile * tilePositions
        let elementSize = attention.cacheType == .float16 ? 2 : 4
        let firstHead = head * group
        let bias = attention.bias.map { $0.base + (firstHead * $0.headStride + position * $0.positionStride) }
        var args = onnxlm_attention_args(
            query: query + (position * queryStrides.position + firstHead * queryStrides.head),
            query_position_stride: Int64(queryStrides.position), query_head_stride: Int64(queryStrides.head),
            keys: keys.base + head * keys.headStride * elementSize,
            values: values.base + head * values.headStride * elementSize,
            key_row_stride: Int64(keys.rowStride),
            value_row_stride: Int64(values.rowStride), cache_type: attention.cacheType.rawValue,
            causal: attention.isCausal ? 1 : 0, first_position: Int64(attention.past + position),
            positions: Int64(positions(tile)), heads: Int64(group), head_size: Int64(attention.headSize),
            first_key: Int64(range * Attention.keysPerRange),
            last_key: Int64(min(attention.total, (range + 1) * Attention.keysPerRange)),
            window: Int64(attention.window ?? 0), scale: attention.scale, softcap: attention.softcap,
            bias: bias,
            bias_head_stride: Int64(attention.bias?.headStride ?? 0),
            bias_position_stride: Int64(attention.bias?.positionStride ?? 0), maxima: state,
            sums: state + rowsPerTile, outputs: outputs(state), scores: scores)
        kernel(&args)
    }

    private func merge(
        _ later: UnsafeMutablePointer<Float>, into state: UnsafeMutablePointer<Float>, _ tile: Int
    ) {
        var args = onnxlm_attention_merge_args(
            maxima: state, sums: state + rowsPerTile, outputs: outputs(state), later_maxima: later,
            later_sums: later + rowsPerTile, later_outputs: outputs(later),
            rows: Int64(positions(tile) * group),
            head_size: Int64(attention.headSize))
        kernels.mergeAttention(&args)
    }

    private func finish(_ state: UnsafeMutablePointer<Float>, _ head: Int, _ tile: Int) {
        let offset = tile * tilePositions * yStrides.position + head * group * yStrides.head
        var args = onnxlm_attention_finish_args(
            sums: state + rowsPerTile, outputs: outputs(state), positions: Int64(positions(tile)),
            heads: Int64(group), head_size: Int64(attention.headSize), y: y + offset,
            y_position_stride: Int64(yStrides.position), y_head_stride: Int64(yStrides.head))
        kernels.finishAttention(&args)
    }
}
