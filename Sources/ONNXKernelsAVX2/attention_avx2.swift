// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// Running softmax of a tile of query rows over a range of float32 keys; see `onnxlm_attention_args`.
    /// The head size is a multiple of 8.
    @c(onnxlm_attention_f32_avx2)
    package func attention_f32_avx2(_ args: UnsafePointer<onnxlm_attention_args>) {
        attendTile(args, ONNXLM_CACHE_F32)
    }

    /// The same over float16 keys and values.
    @c(onnxlm_attention_f16_avx2)
    package func attention_f16_avx2(_ args: UnsafePointer<onnxlm_attention_args>) {
        attendTile(args, ONNXLM_CACHE_F16)
    }

    /// The same over int8 keys and values.
    @c(onnxlm_attention_i8_avx2)
    package func attention_i8_avx2(_ args: UnsafePointer<onnxlm_attention_args>) {
        attendTile(args, ONNXLM_CACHE_I8)
    }

    /// The same over int16 keys and values, each block of which is widened.
    @c(onnxlm_attention_i16_avx2)
    package func attention_i16_avx2(_ args: UnsafePointer<onnxlm_attention_args>) {
        attendTile(args, ONNXLM_CACHE_I16)
    }

    /// The same over bfloat16 keys and values.
    @c(onnxlm_attention_bf16_avx2)
    package func attention_bf16_avx2(_ args: UnsafePointer<onnxlm_attention_args>) {
        attendTile(args, ONNXLM_CACHE_BF16)
    }

    /// Tiles of fewer rows read a cache as it is; others widen each block of it once.
    private let rowsThatShareABlock = 12

    /// Three phases for each block of keys: products of all rows, their weights, their sums of values. Rows that see
    /// the same keys of a block go together, up to six, and share each load; a row's own operations are the same
    /// alone or with others.
    @inline(always)
    private func attendTile(_ args: UnsafePointer<onnxlm_attention_args>, _ type: Int32) {
        let a = args.pointee
        let heads = Int(a.heads)
        let rows = Int(a.positions) &* heads
        clearState(a, rows)
        var start = Int(a.first_key)
        while start < Int(a.last_key) {
            let shared = blockVisibility(a, start)
            if shared.low >= shared.high {
                start &+= 64
                continue
            }
            if type == ONNXLM_CACHE_I16 || type == ONNXLM_CACHE_BF16 {
                let block = widenPairs(a, start, shared.high, type)
                attendBlock(a, start, shared, block, ONNXLM_CACHE_F32, scaled: type == ONNXLM_CACHE_I16)
            } else if rows >= rowsThatShareABlock || a.key_row_stride != 0 {
                let block = widenBlock(a, start, shared.high, type)
                attendBlock(a, start, shared, block, ONNXLM_CACHE_F32, scaled: type == ONNXLM_CACHE_I8)
            } else {
                attendBlock(
                    a, start, shared, cachedBlock(a, start, type), type, scaled: type == ONNXLM_CACHE_I8)
            }
            start &+= 64
        }
    }

    /// The keys and values of a block: keys in panels; values in slabs of 32 elements, each a run of rows.
    struct AttentionBlock {
        var keys: UnsafeRawPointer
        var values: UnsafeRawPointer
        /// Elements from one position's values to the next one's.
        var valueStride: Int
        /// Elements from one slab to the next.
        var slabStride: Int
    }

    /// Keys of a block, from its start, that a row sees.
    struct BlockSpan {
        var low: Int
        var high: Int
    }

    @inline(always)
    private func cachedBlock(_ a: onnxlm_attention_args, _ start: Int, _ type: Int32) -> AttentionBlock {
        let column = start &- Int(a.first_key)
        let bytes = elementBytes(type)
        return AttentionBlock(
            keys: a.keys + column &* Int(a.head_size) &* bytes,
            values: a.values + column &* Int(a.value_row_stride) &* bytes,
            valueStride: Int(a.value_row_stride), slabStride: 32)
    }

    @inline(always)
    private func attendBlock(
        _ a: onnxlm_attention_args, _ start: Int, _ shared: BlockSpan, _ block: AttentionBlock, _ type: Int32,
        scaled: Bool
    ) {
        let rows = Int(a.positions) &* Int(a.heads)
        let lastLow = spanOfPosition(a, Int(a.positions) &- 1, start).low
        let isWhole = lastLow == 0 && spanOfPosition(a, 0, start).high == shared.high
        let decays = a.scores + rows &* 64
        // Half a block of keys stays in the nearest cache while all rows pass over it.
        var half = 0
        while half < shared.high {
            var row = 0
            while row < rows {
                let span = isWhole ? shared : spanOfPosition(a, positionOfRow(a, row), start)
                let count = runLength(a, row, rows, isWhole)
                if span.low < half &+ 32 && span.high > half {
                    scoreRun(a, row, count, block.keys, half, type)
                }
                row &+= count
            }
            half &+= 32
        }
        var row = 0
        while row < rows {
            let span = isWhole ? shared : spanOfPosition(a, positionOfRow(a, row), start)
            if span.low < span.high {
                decays[row] = weighRow(a, row, start, span, scaled: scaled)
            }
            row &+= 1
        }
        var slab = 0
        while slab &* 32 < Int(a.head_size) {
            row = 0
            while row < rows {
                let span = isWhole ? shared : spanOfPosition(a, positionOfRow(a, row), start)
                let count = runLength(a, row, rows, isWhole)
                if span.low < span.high { addRun(a, row, count, block, slab, span, decays, type) }
                row &+= count
            }
            slab &+= 1
        }
    }

    /// Rows from `row` on that go together: of any positions where all see the same, else of one position.
    @inline(always)
    private func runLength(_ a: onnxlm_attention_args, _ row: Int, _ rows: Int, _ isWhole: Bool) -> Int {
        let end = isWhole ? rows : (positionOfRow(a, row) &+ 1) &* Int(a.heads)
        let rest = end &- row
        // Four rows are two pairs: a single row keeps the multipliers waiting.
        return rest >= 6 ? 6 : rest == 4 ? 2 : rest > 3 ? 3 : rest
    }

    @inline(always)
    private func clearState(_ a: onnxlm_attention_args, _ rows: Int) {
        var i = 0
        while i < rows {
            a.maxima[i] = -Float.infinity
            a.sums[i] = 0
            i &+= 1
        }
        i = 0
        while i < rows &* Int(a.head_size) {
            _mm256_storeu_ps(a.outputs + i, _mm256_setzero_ps())
            i &+= 8
        }
    }

    @inline(always)
    func positionOfRow(_ a: onnxlm_attention_args, _ row: Int) -> Int {
        a.heads == 1 ? row : Int(UInt32(truncatingIfNeeded: row) / UInt32(truncatingIfNeeded: a.heads))
    }

    /// The keys of the block at `start` that any row sees.
    @inline(always)
    private func blockVisibility(_ a: onnxlm_attention_args, _ start: Int) -> BlockSpan {
        BlockSpan(
            low: spanOfPosition(a, 0, start).low,
            high: spanOfPosition(a, Int(a.positions) &- 1, start).high)
    }

    /// The keys of the block at `start` that a query position sees.
    @inline(always)
    private func spanOfPosition(_ a: onnxlm_attention_args, _ position: Int, _ start: Int) -> BlockSpan {
        let absolute = Int(a.first_position) &+ position
        var low = 0
        if a.window > 0 {
            low = absolute &- Int(a.window) &+ 1 &- start
            low = low < 0 ? 0 : low > 64 ? 64 : low
        }
        var high = Int(a.last_key) &- start
        if high > 64 { high = 64 }
        if a.causal != 0 && absolute &+ 1 &- start < high { high = absolute &+ 1 &- start }
        return BlockSpan(low: low, high: high < 0 ? 0 : high)
    }
#endif
