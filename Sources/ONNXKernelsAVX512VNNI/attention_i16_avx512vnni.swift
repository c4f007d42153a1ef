// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Running softmax of a tile of query rows over a range of int16 keys and values; see `onnxlm_attention_args`.
    /// The head size is a multiple of 8.
    ///
    /// Both products are of 16-bit integers: queries are rounded first, the weights of each block as they come. Their
    /// sums are exact, so a row has the same bits beside any others.
    @c(onnxlm_attention_i16_avx512vnni)
    package func attention_i16_avx512vnni(_ args: UnsafePointer<onnxlm_attention_args>) {
        attend(args.pointee)
    }

    @inline(always)
    private func attend(_ a: onnxlm_attention_args) {
        let rows = Int(a.positions) &* Int(a.heads)
        clearState(a, rows)
        if rows < rowsThatShareABlock {
            attendTile(a, rows, .few)
        } else {
            attendTile(a, rows, .couples)
        }
    }

    /// Three phases for each block of keys: products of all rows, their weights, their sums of values.
    @inline(always)
    func attendTile(_ a: onnxlm_attention_args, _ rows: Int, _ manner: TileManner) {
        let size = Int(a.head_size)
        let scratch = codeQueries(a, rows, manner)
        var start = Int(a.first_key)
        while start < Int(a.last_key) {
            let first = spanOfPosition(a, 0, start)
            let last = spanOfPosition(a, Int(a.positions) &- 1, start)
            if first.low < last.high {
                let offset = (start &- Int(a.first_key)) &* size &* 2
                let keys = a.keys + offset
                let values = a.values + offset
                prepareValueScales(a, start, last.high, scratch)
                var row = 0
                let isWhole = last.low == 0 && first.high == 64 && hasPlainScores(a)
                let scales = BlockScales(a, start, scratch)
                let keyProducts = manner.hasCouples ? negatedKeyProducts(keys, size) : noSums()
                if isWhole && manner.hasCouples { writeValueProducts(values, size, scratch) }
                while row < rows {
                    let count = runLength(a, row, rows, true)
                    multiplyKeys(
                        a, row, count, scratch, keys, keyProducts, manner,
                        isWhole && !manner.areFew ? scales : nil)
                    row &+= count
                }
                row = 0
                while row < rows {
                    if isWhole {
                        weighFourWhole(a, row, rows &- row, scratch, manner.areFew ? scales : nil, manner)
                    } else {
                        weighFour(a, row, rows &- row, start, scratch, manner)
                    }
                    row &+= 4
                }
                row = 0
                while row < rows {
                    let count = runLength(a, row, rows, true)
                    addCodedValues(
                        a, row, count, scratch, values, first.low, last.high, manner, isWhole: isWhole)
                    row &+= count
                }
            }
            start &+= 64
        }
        finishMaxima(a, rows)
    }

    /// Exponents of 2 to those of e.
    @inline(always)
    func finishMaxima(_ a: onnxlm_attention_args, _ rows: Int) {
        var row = 0
        while row < rows {
            a.maxima[row] *= 0.693147180559945309
            row &+= 1
        }
    }
#endif
