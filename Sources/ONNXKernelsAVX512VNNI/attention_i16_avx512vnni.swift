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
        attendCoded(args.pointee, few: .few, many: .couples)
    }

    @inline(always)
    func attendCoded(_ a: onnxlm_attention_args, few: TileManner, many: TileManner) {
        let rows = Int(a.positions) &* Int(a.heads)
        clearState(a, rows)
        if rows < rowsThatShareABlock {
            attendTile(a, rows, few)
        } else {
            attendTile(a, rows, many)
        }
    }

    /// Three phases for each block of keys: products of all rows, their weights, their sums of values.
    @inline(always)
    private func attendTile(_ a: onnxlm_attention_args, _ rows: Int, _ manner: TileManner) {
        let scratch = codeQueries(a, rows, manner)
        if manner.hasPlanes { configureWholeTiles(scratch.shapes) }
        var start = Int(a.first_key)
        while start < Int(a.last_key) {
            let first = spanOfPosition(a, 0, start)
            let last = spanOfPosition(a, Int(a.positions) &- 1, start)
            if first.low < last.high {
                let offset = (start &- Int(a.first_key)) &* Int(a.head_size) &* 2
                let seen = BlockSpan(low: first.low, high: last.high)
                let isWhole = last.low == 0 && first.high == 64 && hasPlainScores(a)
                prepareValueScales(a, start, seen.high, scratch)
                let scales = BlockScales(a, start, scratch)
                let exponents = isWhole && !manner.areFew ? scales : nil
                let order = ReadingOrder(a, start, seen, manner)
                if manner.hasPlanes {
                    multiplyKeysInTiles(a, rows, scratch, a.keys + offset, exponents)
                } else {
                    multiplyAllKeys(a, rows, scratch, a.keys + offset, manner, order, exponents)
                }
                var row = 0
                while row < rows {
                    if isWhole {
                        weighFourWhole(a, row, rows &- row, scratch, manner.areFew ? scales : nil, manner)
                    } else {
                        weighFour(a, row, rows &- row, start, scratch, manner)
                    }
                    row &+= 4
                }
                if manner.hasPlanes {
                    addValuesInTiles(a, rows, scratch, a.values + offset, count: seen.high)
                } else {
                    addAllValues(
                        a, rows, scratch, a.values + offset, seen, manner, order.values, isWhole: isWhole)
                }
            }
            start &+= 64
        }
        if manner.hasPlanes { onnxlm_tiles_release() }
        // Exponents of 2 become those of e.
        var row = 0
        while row < rows {
            a.maxima[row] *= 0.693147180559945309
            row &+= 1
        }
    }

    @inline(always)
    private func multiplyAllKeys(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: CodedRows, _ keys: UnsafeRawPointer,
        _ manner: TileManner, _ order: ReadingOrder, _ exponents: BlockScales?
    ) {
        let keyProducts = manner.hasCouples ? negatedKeyProducts(keys, Int(a.head_size)) : noSums()
        var row = 0
        while row < rows {
            let count = runLength(a, row, rows, true)
            multiplyKeys(a, row, count, scratch, keys, keyProducts, manner, order, exponents)
            row &+= count
        }
    }

    @inline(always)
    private func addAllValues(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: CodedRows, _ values: UnsafeRawPointer,
        _ seen: BlockSpan, _ manner: TileManner, _ stream: BlockStream, isWhole: Bool
    ) {
        if isWhole && manner.hasCouples { writeValueProducts(values, Int(a.head_size), scratch) }
        var row = 0
        while row < rows {
            let count = runLength(a, row, rows, true)
            addCodedValues(
                a, row, count, scratch, values, seen.low, seen.high, manner, stream, isWhole: isWhole)
            row &+= count
        }
    }
#endif
