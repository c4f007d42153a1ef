// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// What a tile's rows need beside their state.
    struct CodedRows {
        /// `[row][stride]`; in planes `[row][stride / 64][64 lower bytes, 64 upper ones]`, zeros beyond the head size.
        let queries: UnsafeMutablePointer<Int16>
        let stride: Int
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
        /// Of tiles: a block's keys or values, 2,048 bytes for 16 of them and 64 elements or the reverse; the sums of four
        /// products of tiles, 3,072 bytes each; and the tiles' shapes.
        let planes: UnsafeMutableRawPointer
        private let firstTileSums: UnsafeMutableRawPointer
        let shapes: UnsafeMutableRawPointer

        /// Where all of it lies in the memory of a tile of rows.
        @inline(always)
        init(_ a: onnxlm_attention_args, _ rows: Int, _ manner: TileManner) {
            let size = Int(a.head_size)
            let wholeRows = (rows &+ 15) & ~15
            stride = manner.hasPlanes ? (size &+ 63) & ~63 : size
            queries = UnsafeMutableRawPointer(a.block).assumingMemoryBound(to: Int16.self)
            queryScales = a.block + (wholeRows &* stride) &>> 1
            weightScales = queryScales + wholeRows
            decays = weightScales + wholeRows
            logarithms = decays + wholeRows
            reciprocals = logarithms + 64
            largest = reciprocals + 64
            let rest = UnsafeMutableRawPointer(largest + 16 &* wholeRows)
            queryProducts = rest.assumingMemoryBound(to: Int32.self)
            weightProducts = queryProducts + wholeRows
            valueProducts = weightProducts + wholeRows
            planes = rest
            firstTileSums = planes + 128 &* stride
            shapes = firstTileSums + 4 &* 3072
        }

        /// The sums of one of four products of tiles: of lower bytes, of lower with upper ones, and of upper ones.
        @inline(always)
        func tileSums(_ product: Int) -> UnsafeMutableRawPointer { firstTileSums + product &* 3072 }
    }

    /// Rounds the queries of a tile to 15 bits, so that a code and one of a key fit 16. Their codes add up to so little
    /// that no sum with keys overflows.
    @inline(always)
    func codeQueries(_ a: onnxlm_attention_args, _ rows: Int, _ manner: TileManner) -> CodedRows {
        let size = Int(a.head_size)
        let scratch = CodedRows(a, rows, manner)
        let limit = Int32.max / ONNXLM_CACHE_I16_KEY &- Int32(truncatingIfNeeded: size &>> 1) &- 64
        let sumLimit = Float(limit > 1 ? limit : 1)
        let scale = hasPlainScores(a) ? a.scale * log2e : a.scale
        var row = 0
        while row < rows {
            codeFour(a, row, rows &- row, scratch, sumLimit, scale)
            if manner.hasCouples { writeQueryProducts(row, rows &- row, size, scratch) }
            row &+= 4
        }
        if manner.hasPlanes { splitQueries(rows, size, scratch) }
        return scratch
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
        let stride = scratch.stride
        let codes = scratch.queries + row &* stride
        writeCodes(x0, codes, size, onnxlm_mm512_group0_ps(factors))
        if count > 1 { writeCodes(x1, codes + stride, size, onnxlm_mm512_group1_ps(factors)) }
        if count > 2 { writeCodes(x2, codes + 2 &* stride, size, onnxlm_mm512_group2_ps(factors)) }
        if count > 3 { writeCodes(x3, codes + 3 &* stride, size, onnxlm_mm512_group3_ps(factors)) }
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

    /// Brings the codes of all rows into planes, in their place.
    @inline(always)
    private func splitQueries(_ rows: Int, _ size: Int, _ scratch: CodedRows) {
        var row = 0
        while row < rows {
            let codes = scratch.queries + row &* scratch.stride
            var i = size
            while i < scratch.stride {
                let rest = UnsafeMutableRawPointer(codes + i)
                _mm_storeu_si128(rest.assumingMemoryBound(to: __m128i_u.self), _mm_setzero_si128())
                i &+= 8
            }
            i = 0
            while i < scratch.stride {
                let first = loadCodes(codes + i)
                let second = loadCodes(codes + (i &+ 32))
                _mm512_storeu_si512(codes + i, lowerBytes(first, second))
                _mm512_storeu_si512(
                    codes + (i &+ 32),
                    lowerBytes(_mm512_srli_epi16(first, 8), _mm512_srli_epi16(second, 8)))
                i &+= 64
            }
            row &+= 1
        }
    }

    @inline(always)
    private func lowerBytes(_ first: __m512i, _ second: __m512i) -> __m512i {
        onnxlm_mm512_with_upper_si512(
            _mm512_castsi256_si512(_mm512_cvtepi16_epi8(first)), _mm512_cvtepi16_epi8(second))
    }
#endif
