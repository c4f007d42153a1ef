// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// The same, to the bit, as `attention_i16_avx512vnni`: many rows multiply in tiles, few ask for the lines that follow.
    @c(onnxlm_attention_i16_amx)
    package func attention_i16_amx(_ args: UnsafePointer<onnxlm_attention_args>) {
        let a = args.pointee
        let rows = Int(a.positions) &* Int(a.heads)
        clearState(a, rows)
        if rows < rowsThatShareABlock {
            attendTile(a, rows, .fewReadAhead)
        } else {
            attendInTiles(a, rows)
        }
    }

    @inline(always)
    private func attendInTiles(_ a: onnxlm_attention_args, _ rows: Int) {
        let size = Int(a.head_size)
        let scratch = codeQueries(a, rows, .planes)
        configureTiles(scratch)
        var start = Int(a.first_key)
        while start < Int(a.last_key) {
            let first = spanOfPosition(a, 0, start)
            let last = spanOfPosition(a, Int(a.positions) &- 1, start)
            if first.low < last.high {
                let offset = (start &- Int(a.first_key)) &* size &* 2
                let isWhole = last.low == 0 && first.high == 64 && hasPlainScores(a)
                prepareValueScales(a, start, last.high, scratch)
                splitKeys(a.keys + offset, size, scratch)
                multiplyKeysInTiles(a, rows, scratch, isWhole ? BlockScales(a, start, scratch) : nil)
                var row = 0
                while row < rows {
                    if isWhole {
                        weighFourWhole(a, row, rows &- row, scratch, nil, .planes)
                    } else {
                        weighFour(a, row, rows &- row, start, scratch, .planes)
                    }
                    row &+= 4
                }
                splitValues(a.values + offset, size, last.high, scratch)
                addValuesInTiles(a, rows, scratch)
            }
            start &+= 64
        }
        onnxlm_tiles_release()
        finishMaxima(a, rows)
    }
#endif
