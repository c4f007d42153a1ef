// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Running softmax of a tile of query rows over a range of float32 keys; see `onnxlm_attention_args`.
    /// The head size is a multiple of 8.
    @c(onnxlm_attention_f32_avx512vnni)
    package func attention_f32_avx512vnni(_ args: UnsafePointer<onnxlm_attention_args>) {
        attendTile(args, ONNXLM_CACHE_F32)
    }

    /// The same over float16 keys and values.
    @c(onnxlm_attention_f16_avx512vnni)
    package func attention_f16_avx512vnni(_ args: UnsafePointer<onnxlm_attention_args>) {
        attendTile(args, ONNXLM_CACHE_F16)
    }

    /// The same over int8 keys and values.
    @c(onnxlm_attention_i8_avx512vnni)
    package func attention_i8_avx512vnni(_ args: UnsafePointer<onnxlm_attention_args>) {
        attendTile(args, ONNXLM_CACHE_I8)
    }

    /// Tiles of fewer rows read a cache as it is; others widen each block of it once.
    let rowsThatShareABlock = 12

    /// Three phases for each block of keys: products of all rows, their weights, their sums of values. Rows that see
    /// the same keys of a block go together, up to six, and share each load; a row's own operations are the same
    /// alone or with others.
    @inline(always)
    private func attendTile(_ args: UnsafePointer<onnxlm_attention_args>, _ type: Int32) {
        let a = args.pointee
        let rows = Int(a.positions) &* Int(a.heads)
        clearState(a, rows)
        var start = Int(a.first_key)
        while start < Int(a.last_key) {
            let first = spanOfPosition(a, 0, start)
            let last = spanOfPosition(a, Int(a.positions) &- 1, start)
            if first.low < last.high {
                let isWhole = last.low == 0 && first.high == last.high
                if a.key_row_stride != 0 || type != ONNXLM_CACHE_F32 && rows >= rowsThatShareABlock {
                    let block = widenBlock(a, start, last.high, type)
                    attendBlock(
                        a, start, last, isWhole, block, ONNXLM_CACHE_F32, scaled: type == ONNXLM_CACHE_I8)
                } else {
                    let block = cachedBlock(a, start, type)
                    attendBlock(a, start, last, isWhole, block, type, scaled: type == ONNXLM_CACHE_I8)
                }
            }
            start &+= 64
        }
    }

    @inline(always)
    private func attendBlock(
        _ a: onnxlm_attention_args, _ start: Int, _ shared: BlockSpan, _ isWhole: Bool,
        _ block: AttentionBlock, _ type: Int32, scaled: Bool
    ) {
        let rows = Int(a.positions) &* Int(a.heads)
        var row = 0
        while row < rows {
            let span = isWhole ? shared : spanOfPosition(a, positionOfRow(a, row), start)
            let count = runLength(a, row, rows, isWhole)
            if span.low < span.high { scoreRun(a, row, count, block.keys, type) }
            row &+= count
        }
        let decays = a.scores + rows &* 64
        row = 0
        while row < rows {
            let span = isWhole ? shared : spanOfPosition(a, positionOfRow(a, row), start)
            if span.low < span.high { decays[row] = weighRow(a, row, start, span, scaled: scaled) }
            row &+= 1
        }
        row = 0
        while row < rows {
            let span = isWhole ? shared : spanOfPosition(a, positionOfRow(a, row), start)
            let count = runLength(a, row, rows, isWhole)
            if span.low < span.high { addRun(a, row, count, block, span, decays, type) }
            row &+= count
        }
    }

    /// Rows from `row` on that go together: of any positions where all see the same, else of one position.
    @inline(always)
    func runLength(_ a: onnxlm_attention_args, _ row: Int, _ rows: Int, _ isWhole: Bool) -> Int {
        let end = isWhole ? rows : (positionOfRow(a, row) &+ 1) &* Int(a.heads)
        let rest = end &- row
        return rest >= 6 ? 6 : rest == 5 ? 3 : rest
    }

    @inline(always)
    func clearState(_ a: onnxlm_attention_args, _ rows: Int) {
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
#endif
