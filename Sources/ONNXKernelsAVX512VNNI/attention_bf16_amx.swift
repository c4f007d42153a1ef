// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Running softmax of a tile of query rows over a range of bfloat16 keys and values; see `onnxlm_attention_args`.
    /// The head size is a multiple of 32.
    ///
    /// Both products are of bfloat16: queries are rounded first, the weights of each block as they come. Many rows
    /// multiply in tiles; few do, with float32, what tiles do, operation for operation: so a row has the same bits beside
    /// any others. Tiles take numbers below the normal ones for zeros, so all of it does.
    @c(onnxlm_attention_bf16_amx)
    package func attention_bf16_amx(_ args: UnsafePointer<onnxlm_attention_args>) {
        let control = onnxlm_flush_denormals()
        let a = args.pointee
        let rows = Int(a.positions) &* Int(a.heads)
        clearState(a, rows)
        if rows < rowsThatShareABlock {
            attendFewRounded(a, rows)
        } else {
            attendManyRounded(a, rows)
        }
        // Exponents of 2 become those of e.
        var row = 0
        while row < rows {
            a.maxima[row] *= 0.693147180559945309
            row &+= 1
        }
        clearSigns(a.outputs, rows &* Int(a.head_size))
        onnxlm_restore_denormals(control)
    }

    /// Three phases for each block of keys: products of all rows, their weights, their sums of values.
    @inline(always)
    private func attendFewRounded(_ a: onnxlm_attention_args, _ rows: Int) {
        let scratch = roundQueries(a, rows, areFew: true)
        var start = Int(a.first_key)
        while start < Int(a.last_key) {
            let seen = SeenBlock(a, start)
            if seen.isSeen {
                let offset = (start &- Int(a.first_key)) &* Int(a.head_size) &* 2
                multiplyKeysOfFew(a, rows, scratch, a.keys + offset)
                var row = 0
                while row < rows {
                    weighFour(
                        a, row, rows &- row, a.scores + row &* 64, scratch.decays + row, start,
                        isWhole: seen.byAll && hasPlainScores(a), areFew: true, nil)
                    row &+= 4
                }
                decayOutputs(a, 0, rows, scratch.decays)
                addValuesOfFew(a, 0, rows, a.scores, start, a.values + offset)
            }
            start &+= 64
        }
    }

    /// Blocks that all rows see go together, others alone.
    @inline(always)
    private func attendManyRounded(_ a: onnxlm_attention_args, _ rows: Int) {
        let scratch = roundQueries(a, rows, areFew: false)
        let size = Int(a.head_size)
        configureWholeTiles(scratch.shapes)
        var start = Int(a.first_key)
        while start < Int(a.last_key) {
            let seen = SeenBlock(a, start)
            var end = start &+ 64
            if seen.isSeen {
                let offset = (start &- Int(a.first_key)) &* size &* 2
                var values = a.values + offset
                var addsInTiles = true
                if seen.byAll {
                    while end < Int(a.last_key) && SeenBlock(a, end).byAll { end &+= 64 }
                } else if copySeenValues(values, size, seen.end, to: scratch.values) {
                    values = UnsafeRawPointer(scratch.values)
                } else {
                    // A weight of 0 would not hide a NaN from the rows that do not see it.
                    addsInTiles = false
                }
                attendInTiles(
                    a, rows, scratch,
                    RoundedBlocks(
                        start: start, count: (end &- start) &>> 6, keys: a.keys + offset, values: values,
                        areWhole: seen.byAll && hasPlainScores(a), addsInTiles: addsInTiles))
            }
            start = end
        }
        onnxlm_tiles_release()
    }

    /// What the rows of a tile see of the block of keys at `start`.
    private struct SeenBlock {
        /// Whether any row sees any of it.
        let isSeen: Bool
        /// Whether all rows see all of it.
        let byAll: Bool
        /// Where that ends which any row sees.
        let end: Int

        @inline(always)
        init(_ a: onnxlm_attention_args, _ start: Int) {
            let first = spanOfPosition(a, 0, start)
            let last = spanOfPosition(a, Int(a.positions) &- 1, start)
            isSeen = first.low < last.high
            byAll = last.low == 0 && first.high == 64
            end = last.high
        }
    }

    /// Gives zeros one sign: that of a sum that came to nothing depends on the keys that a row does not see.
    @inline(always)
    private func clearSigns(_ outputs: UnsafeMutablePointer<Float>, _ count: Int) {
        var i = 0
        while i < count {
            _mm512_storeu_ps(outputs + i, _mm512_add_ps(_mm512_loadu_ps(outputs + i), splat(0)))
            i &+= 16
        }
    }
#endif
