// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    // Weights are powers of 2, whose exponents are the scores times log2 e plus the logarithm of the value's scale: the
    // largest of these is the block's, and the power less it, times the largest code, is the code. The maxima of the
    // state are such exponents too until the range ends.

    /// Turns the sums of up to four rows with a block of keys into codes of weights times the values' scales, in the
    /// place of the sums: 64 of 16 bits, or their planes. Brings maxima and sums of the rows up to date.
    ///
    /// A row that sees none of the block keeps its state: codes 0 and decay 1.
    @inline(always)
    func weighFour(
        _ a: onnxlm_attention_args, _ row: Int, _ rest: Int, _ start: Int, _ scratch: CodedRows,
        _ manner: TileManner
    ) {
        let rows = RowsOfFour(row, rest)
        let seen = (
            seenKeys(a, rows.row0, start), seenKeys(a, rows.row1, start), seenKeys(a, rows.row2, start),
            seenKeys(a, rows.row3, start)
        )
        let s0 = exponents(a, rows.row0, start, scratch, seen.0)
        let s1 = exponents(a, rows.row1, start, scratch, seen.1)
        let s2 = exponents(a, rows.row2, start, scratch, seen.2)
        let s3 = exponents(a, rows.row3, start, scratch, seen.3)
        let found = groupMaxima(largest(s0), largest(s1), largest(s2), largest(s3))
        weigh(a, rows, scratch, (s0, s1, s2, s3), found, seen, manner, isWhole: false)
    }

    /// The same for rows that see the whole block: from their sums, or from exponents that stand in their place.
    @inline(always)
    func weighFourWhole(
        _ a: onnxlm_attention_args, _ row: Int, _ rest: Int, _ scratch: CodedRows, _ sums: BlockScales?,
        _ manner: TileManner
    ) {
        let rows = RowsOfFour(row, rest)
        let s = (
            wholeExponents(a, rows.row0, sums), wholeExponents(a, rows.row1, sums),
            wholeExponents(a, rows.row2, sums), wholeExponents(a, rows.row3, sums)
        )
        let found =
            sums == nil
            ? groupMaxima(
                _mm512_loadu_ps(scratch.largest + rows.row0 &* 16),
                _mm512_loadu_ps(scratch.largest + rows.row1 &* 16),
                _mm512_loadu_ps(scratch.largest + rows.row2 &* 16),
                _mm512_loadu_ps(scratch.largest + rows.row3 &* 16))
            : groupMaxima(largest(s.0), largest(s.1), largest(s.2), largest(s.3))
        weigh(a, rows, scratch, s, found, (.max, .max, .max, .max), manner, isWhole: true)
    }

    @inline(always)
    private func wholeExponents(_ a: onnxlm_attention_args, _ row: Int, _ sums: BlockScales?) -> FourVectors {
        let source = a.scores + row &* 64
        guard let sums else {
            return (
                _mm512_loadu_ps(source), _mm512_loadu_ps(source + 16), _mm512_loadu_ps(source + 32),
                _mm512_loadu_ps(source + 48)
            )
        }
        return sums.exponents(
            row, (loadCodes(source), loadCodes(source + 16), loadCodes(source + 32), loadCodes(source + 48)))
    }

    /// `found`: the largest exponent of each row's group of four lanes.
    @inline(always)
    private func weigh(
        _ a: onnxlm_attention_args, _ rows: RowsOfFour, _ scratch: CodedRows,
        _ s: (FourVectors, FourVectors, FourVectors, FourVectors), _ found: __m512,
        _ seen: (UInt64, UInt64, UInt64, UInt64), _ manner: TileManner, isWhole: Bool
    ) {
        let row = rows.first
        let count = rows.count
        // −infinity less itself is NaN.
        let lowest = splat(-.greatestFiniteMagnitude)
        let references = _mm512_sub_ps(
            _mm512_max_ps(lowest, found), splat(Float(ONNXLM_CACHE_I16_WEIGHT_BITS)))
        let w0 = powers(s.0, onnxlm_mm512_group0_ps(references), areFine: true)
        let w1 = powers(s.1, onnxlm_mm512_group1_ps(references), areFine: true)
        let w2 = powers(s.2, onnxlm_mm512_group2_ps(references), areFine: true)
        let w3 = powers(s.3, onnxlm_mm512_group3_ps(references), areFine: true)
        let c0 = manner.hasPlanes ? planes(w0) : codes(w0)
        let c1 = manner.hasPlanes ? planes(w1) : codes(w1)
        let c2 = manner.hasPlanes ? planes(w2) : codes(w2)
        let c3 = manner.hasPlanes ? planes(w3) : codes(w3)
        storeCodes(a.scores + row &* 64, c0)
        if count > 1 { storeCodes(a.scores + rows.row1 &* 64, c1) }
        if count > 2 { storeCodes(a.scores + rows.row2 &* 64, c2) }
        if count > 3 { storeCodes(a.scores + rows.row3 &* 64, c3) }
        if isWhole && manner.hasCouples {
            let products = (
                coupleProducts(c0), coupleProducts(c1), coupleProducts(c2), coupleProducts(c3)
            )
            storeNegated(products, scratch.weightProducts + row, count)
        }

        let totals = groupTotals(
            total(w0, scratch.reciprocals, seen.0, isWhole), total(w1, scratch.reciprocals, seen.1, isWhole),
            total(w2, scratch.reciprocals, seen.2, isWhole), total(w3, scratch.reciprocals, seen.3, isWhole))
        let before = loadGroups(a.maxima + row, count)
        let maxima = _mm512_max_ps(found, before)
        let subtrahends = _mm512_max_ps(lowest, maxima)
        let decays = power(_mm512_sub_ps(before, subtrahends), isFine: true)
        let scales = power(_mm512_sub_ps(references, subtrahends), isFine: true)
        let sums = _mm512_mul_ps(loadGroups(a.sums + row, count), decays)
        storeGroups(maxima, a.maxima + row, count)
        storeGroups(_mm512_fmadd_ps(totals, scales, sums), a.sums + row, count)
        storeGroups(decays, scratch.decays + row, count)
        storeGroups(scales, scratch.weightScales + row, count)
    }

    /// The exponents of a row's weights; −infinity where the key is not seen.
    @inline(always)
    private func exponents(
        _ a: onnxlm_attention_args, _ row: Int, _ start: Int, _ scratch: CodedRows, _ seen: UInt64
    ) -> FourVectors {
        let bias = biasOfRow(a, row, start)
        let keyScales = keyScalesOfBlock(a, start)
        return (
            exponents(a, row, keyScales, bias, scratch, seen, 0),
            exponents(a, row, keyScales, bias, scratch, seen, 16),
            exponents(a, row, keyScales, bias, scratch, seen, 32),
            exponents(a, row, keyScales, bias, scratch, seen, 48)
        )
    }

    @inline(always)
    private func exponents(
        _ a: onnxlm_attention_args, _ row: Int, _ keyScales: UnsafePointer<Float>?,
        _ bias: UnsafePointer<Float>?, _ scratch: CodedRows, _ seen: UInt64, _ first: Int
    ) -> __m512 {
        let mask = UInt16(truncatingIfNeeded: seen &>> UInt64(truncatingIfNeeded: first))
        var s = _mm512_cvtepi32_ps(_mm512_loadu_si512(a.scores + (row &* 64 &+ first)))
        if let keyScales { s = _mm512_mul_ps(s, _mm512_maskz_loadu_ps(mask, keyScales + first)) }
        var factor = splat(scratch.queryScales[row])
        if hasPlainScores(a) == false {
            s = _mm512_mul_ps(s, factor)
            s = cappedAndBiased(a, s, bias, mask, first)
            factor = splat(log2e)
        }
        s = _mm512_fmadd_ps(s, factor, _mm512_loadu_ps(scratch.logarithms + first))
        return _mm512_mask_blend_ps(mask, splat(-.infinity), s)
    }

    @inline(always)
    private func loadSeen(_ x: UnsafePointer<Float>, _ mask: UInt16, _ isWhole: Bool) -> __m512 {
        isWhole ? _mm512_loadu_ps(x) : _mm512_maskz_loadu_ps(mask, x)
    }

    /// The sums of a row's weights without the values' scales, lane by lane.
    @inline(always)
    private func total(
        _ w: FourVectors, _ reciprocals: UnsafePointer<Float>, _ seen: UInt64, _ isWhole: Bool
    ) -> __m512 {
        let t = _mm512_mul_ps(w.0, loadSeen(reciprocals, UInt16(truncatingIfNeeded: seen), isWhole))
        let t1 = _mm512_fmadd_ps(
            w.1, loadSeen(reciprocals + 16, UInt16(truncatingIfNeeded: seen &>> 16), isWhole), t)
        let t2 = _mm512_fmadd_ps(
            w.2, loadSeen(reciprocals + 32, UInt16(truncatingIfNeeded: seen &>> 32), isWhole), t1)
        return _mm512_fmadd_ps(
            w.3, loadSeen(reciprocals + 48, UInt16(truncatingIfNeeded: seen &>> 48), isWhole), t2)
    }

    /// Weights rounded to 16 bits.
    @inline(always)
    private func codes(_ w: FourVectors) -> (__m512i, __m512i) {
        (
            onnxlm_mm512_with_upper_si512(
                _mm512_castsi256_si512(_mm512_cvtepi32_epi16(_mm512_cvtps_epi32(w.0))),
                _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(w.1))),
            onnxlm_mm512_with_upper_si512(
                _mm512_castsi256_si512(_mm512_cvtepi32_epi16(_mm512_cvtps_epi32(w.2))),
                _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(w.3)))
        )
    }

    /// The lower bytes of the codes, and the upper ones. Quad `4 g + j` of bytes is of the keys from `16 j + 4 g` on: so
    /// they come without crossing the lanes of 128 bits.
    @inline(always)
    private func planes(_ w: FourVectors) -> (__m512i, __m512i) {
        let first = _mm512_packs_epi32(_mm512_cvtps_epi32(w.0), _mm512_cvtps_epi32(w.1))
        let second = _mm512_packs_epi32(_mm512_cvtps_epi32(w.2), _mm512_cvtps_epi32(w.3))
        let lower = _mm512_set1_epi16(0xFF)
        return (
            _mm512_packus_epi16(_mm512_and_si512(first, lower), _mm512_and_si512(second, lower)),
            _mm512_packus_epi16(_mm512_srli_epi16(first, 8), _mm512_srli_epi16(second, 8))
        )
    }

    @inline(always)
    private func storeCodes(_ target: UnsafeMutablePointer<Float>, _ codes: (__m512i, __m512i)) {
        _mm512_storeu_si512(target, codes.0)
        _mm512_storeu_si512(target + 16, codes.1)
    }

    @inline(always)
    private func coupleProducts(_ codes: (__m512i, __m512i)) -> __m512i {
        addingCoupleProducts(addingCoupleProducts(_mm512_setzero_si512(), codes.0), codes.1)
    }
#endif
