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
        attend(args.pointee, few: .few, many: .couples)
    }

    /// The same, to the bit, for processors with AMX, which are Intel's: additions have no more room beside
    /// multiplications there than multiplications have, and a stream is read faster when lines are asked for.
    @c(onnxlm_attention_i16_amx)
    package func attention_i16_amx(_ args: UnsafePointer<onnxlm_attention_args>) {
        attend(args.pointee, few: .fewReadAhead, many: .many)
    }

    @inline(always)
    private func attend(_ a: onnxlm_attention_args, few: TileManner, many: TileManner) {
        let rows = Int(a.positions) &* Int(a.heads)
        clearState(a, rows)
        if rows < rowsThatShareABlock {
            attendTile(a, rows, codeQueries(a, rows, few), few)
        } else {
            attendTile(a, rows, codeQueries(a, rows, many), many)
        }
    }

    /// What a tile's rows need beside their state.
    struct CodedRows {
        /// `[row][head size]`.
        let queries: UnsafeMutablePointer<Int16>
        /// What the sums of query times key codes are multiplied with, beside the keys' scales.
        let queryScales: UnsafeMutablePointer<Float>
        /// What a block's sums of weight times value codes are multiplied with.
        let weightScales: UnsafeMutablePointer<Float>
        /// What was summed up before a block is multiplied with.
        let decays: UnsafeMutablePointer<Float>
        /// Of the scales of a block's values: 64 logarithms to the base 2, and 64 reciprocals.
        let logarithms: UnsafeMutablePointer<Float>
        let reciprocals: UnsafeMutablePointer<Float>
        /// `[row][16]`: the largest of a row's exponents in each lane.
        let largest: UnsafeMutablePointer<Float>
        /// Of products of couples: what depends on a row's query, on its weights, and on an element of the values alone,
        /// negated. Of many rows.
        let queryProducts: UnsafeMutablePointer<Int32>
        let weightProducts: UnsafeMutablePointer<Int32>
        let valueProducts: UnsafeMutablePointer<Int32>
    }

    @inline(always)
    private func attendTile(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: CodedRows, _ manner: TileManner
    ) {
        let size = Int(a.head_size)
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
                        weighFourWhole(
                            a, row, rows &- row, scratch, manner.areFew ? scales : nil,
                            hasCouples: manner.hasCouples)
                    } else {
                        weighFour(a, row, rows &- row, start, scratch)
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
        var row = 0
        while row < rows {
            a.maxima[row] *= 0.693147180559945309
            row &+= 1
        }
    }

    /// Rounds the queries of a tile to 15 bits, so that a code and one of a key fit 16. Their codes add up to so little
    /// that no sum with keys overflows.
    @inline(always)
    private func codeQueries(_ a: onnxlm_attention_args, _ rows: Int, _ manner: TileManner) -> CodedRows {
        let size = Int(a.head_size)
        let codeFloats = rows &* size &>> 1
        let scratch = CodedRows(
            queries: UnsafeMutableRawPointer(a.block).assumingMemoryBound(to: Int16.self),
            queryScales: a.block + codeFloats, weightScales: a.block + (codeFloats &+ rows),
            decays: a.scores + rows &* 64, logarithms: a.block + (codeFloats &+ 2 &* rows),
            reciprocals: a.block + (codeFloats &+ 2 &* rows &+ 64),
            largest: a.block + (codeFloats &+ 2 &* rows &+ 128),
            queryProducts: integers(a.block + (codeFloats &+ 18 &* rows &+ 128)),
            weightProducts: integers(a.block + (codeFloats &+ 19 &* rows &+ 128)),
            valueProducts: integers(a.block + (codeFloats &+ 20 &* rows &+ 128)))
        let limit = Int32.max / ONNXLM_CACHE_I16_KEY &- Int32(truncatingIfNeeded: size &>> 1) &- 64
        let sumLimit = Float(limit > 1 ? limit : 1)
        let scale = hasPlainScores(a) ? a.scale * log2e : a.scale
        var row = 0
        while row < rows {
            codeFour(a, row, rows &- row, scratch, sumLimit, scale)
            if manner.hasCouples { writeQueryProducts(row, rows &- row, size, scratch) }
            row &+= 4
        }
        return scratch
    }

    @inline(always)
    private func integers(_ x: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Int32> {
        UnsafeMutableRawPointer(x).assumingMemoryBound(to: Int32.self)
    }

    /// Writes the codes of up to four queries, and their scales times `scale`; scales without end or NaN, and codes of
    /// 0, for queries that are not finite.
    @inline(always)
    private func codeFour(
        _ a: onnxlm_attention_args, _ row: Int, _ rest: Int, _ scratch: CodedRows, _ sumLimit: Float,
        _ scale: Float
    ) {
        let count = rest < 4 ? rest : 4
        let size = Int(a.head_size)
        let x0 = queryRow(a, row)
        let x1 = count > 1 ? queryRow(a, row &+ 1) : x0
        let x2 = count > 2 ? queryRow(a, row &+ 2) : x0
        let x3 = count > 3 ? queryRow(a, row &+ 3) : x0
        let m0 = magnitudes(x0, size)
        let m1 = magnitudes(x1, size)
        let m2 = magnitudes(x2, size)
        let m3 = magnitudes(x3, size)
        let sums = groupTotals(m0.total, m1.total, m2.total, m3.total)
        let tops = groupMaxima(m0.largest, m1.largest, m2.largest, m3.largest)
        // The operand that may be NaN stands second. Sums so small do not show.
        let bySum = _mm512_div_ps(splat(sumLimit), _mm512_max_ps(splat(1e-30), sums))
        let factors = _mm512_min_ps(_mm512_div_ps(splat(Float(ONNXLM_CACHE_I16_KEY)), tops), bySum)
        storeGroups(_mm512_div_ps(splat(scale), factors), scratch.queryScales + row, count)
        let codes = scratch.queries + row &* size
        writeCodes(x0, codes, size, onnxlm_mm512_group0_ps(factors))
        if count > 1 { writeCodes(x1, codes + size, size, onnxlm_mm512_group1_ps(factors)) }
        if count > 2 { writeCodes(x2, codes + 2 &* size, size, onnxlm_mm512_group2_ps(factors)) }
        if count > 3 { writeCodes(x3, codes + 3 &* size, size, onnxlm_mm512_group3_ps(factors)) }
    }

    /// The sum and the largest of a query's magnitudes, lane by lane.
    @inline(always)
    private func magnitudes(_ query: UnsafePointer<Float>, _ size: Int) -> (total: __m512, largest: __m512) {
        var total = _mm512_setzero_ps()
        var largest = _mm512_setzero_ps()
        var i = 0
        while i < size {
            let x = _mm512_abs_ps(_mm512_maskz_loadu_ps(partMask(size &- i), query + i))
            total = _mm512_add_ps(total, x)
            largest = _mm512_max_ps(x, largest)
            i &+= 16
        }
        return (total, largest)
    }

    @inline(always)
    private func writeCodes(
        _ query: UnsafePointer<Float>, _ codes: UnsafeMutablePointer<Int16>, _ size: Int, _ factor: __m512
    ) {
        var i = 0
        while i < size {
            let x = _mm512_maskz_loadu_ps(partMask(size &- i), query + i)
            // What is no number becomes the least of 32 bits, whose lower half is 0.
            let words = _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(_mm512_mul_ps(x, factor)))
            let target = UnsafeMutableRawPointer(codes + i)
            if size &- i >= 16 {
                _mm256_storeu_si256(target.assumingMemoryBound(to: __m256i_u.self), words)
            } else {
                _mm_storeu_si128(
                    target.assumingMemoryBound(to: __m128i_u.self), _mm256_castsi256_si128(words))
            }
            i &+= 16
        }
    }

    /// All sixteen lanes, or the first eight.
    @inline(always)
    func partMask(_ count: Int) -> UInt16 { count >= 16 ? 0xFFFF : 0xFF }
#endif
