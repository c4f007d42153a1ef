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
            attendRounded(a, rows, areFew: true)
        } else {
            attendRounded(a, rows, areFew: false)
        }
        onnxlm_restore_denormals(control)
    }

    /// Three phases for each block of keys: products of all rows, their weights, their sums of values.
    @inline(always)
    private func attendRounded(_ a: onnxlm_attention_args, _ rows: Int, areFew: Bool) {
        let scratch = roundQueries(a, rows, areFew: areFew)
        if !areFew { configureWholeTiles(scratch.shapes) }
        var start = Int(a.first_key)
        while start < Int(a.last_key) {
            let first = spanOfPosition(a, 0, start)
            let last = spanOfPosition(a, Int(a.positions) &- 1, start)
            if first.low < last.high {
                let offset = (start &- Int(a.first_key)) &* Int(a.head_size) &* 2
                let allSeeAll = last.low == 0 && first.high == 64
                if areFew {
                    multiplyKeysOfFew(a, rows, scratch, a.keys + offset)
                } else {
                    multiplyKeysInTiles(a, rows, scratch, a.keys + offset)
                }
                var row = 0
                while row < rows {
                    weighFour(
                        a, row, rows &- row, start, scratch, isWhole: allSeeAll && hasPlainScores(a),
                        areFew: areFew)
                    row &+= 4
                }
                decayOutputs(a, rows, scratch)
                if areFew {
                    addValuesOfFew(a, rows, start, a.values + offset)
                } else if allSeeAll {
                    addValuesInTiles(a, rows, scratch, a.values + offset)
                } else if copySeenValues(a.values + offset, Int(a.head_size), last.high, to: scratch.values) {
                    addValuesInTiles(a, rows, scratch, UnsafeRawPointer(scratch.values))
                } else {
                    // A weight of 0 would not hide a NaN from the rows that do not see it.
                    widenWeights(a, rows)
                    addValuesOfFew(a, rows, start, a.values + offset)
                }
            }
            start &+= 64
        }
        if !areFew { onnxlm_tiles_release() }
        // Exponents of 2 become those of e.
        var row = 0
        while row < rows {
            a.maxima[row] *= 0.693147180559945309
            row &+= 1
        }
        clearSigns(a.outputs, rows &* Int(a.head_size))
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

    /// What was summed up before counts less where a block has raised a row's reference.
    @inline(always)
    private func decayOutputs(_ a: onnxlm_attention_args, _ rows: Int, _ scratch: RoundedRows) {
        let size = Int(a.head_size)
        var row = 0
        while row < rows {
            let decay = scratch.decays[row]
            if decay != 1 {
                let factor = splat(decay)
                let output = a.outputs + row &* size
                var i = 0
                while i < size {
                    _mm512_storeu_ps(output + i, _mm512_mul_ps(_mm512_loadu_ps(output + i), factor))
                    i &+= 16
                }
            }
            row &+= 1
        }
    }
#endif
