// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    // Weights are powers of 2, whose exponents are the scores times log2 e less a reference of the row, which only grows
    // where a block has a score that is larger by more than 8. So most blocks leave what was summed up as it is.

    /// Turns the products of up to four rows with a block of keys into rounded weights, in their place: 64 of bfloat16,
    /// or, of few rows, the same numbers as float32. Brings references and sums of the rows up to date.
    ///
    /// A row that sees none of the block keeps its state: its weights are 0, and its reference stays.
    @inline(always)
    func weighFour(
        _ a: onnxlm_attention_args, _ row: Int, _ rest: Int, _ start: Int, _ scratch: RoundedRows,
        isWhole: Bool,
        areFew: Bool
    ) {
        let rows = RowsOfFour(row, rest)
        let s0 = exponents(a, rows.row0, start, isWhole)
        let s1 = exponents(a, rows.row1, start, isWhole)
        let s2 = exponents(a, rows.row2, start, isWhole)
        let s3 = exponents(a, rows.row3, start, isWhole)
        let found = groupMaxima(largest(s0), largest(s1), largest(s2), largest(s3))
        let before = loadGroups(a.maxima + row, rows.count)
        let references = _mm512_mask_mov_ps(
            before, onnxlm_mm512_less_ps(_mm512_add_ps(before, splat(8)), found), found)
        // −infinity less itself is NaN.
        let subtrahends = _mm512_max_ps(splat(-.greatestFiniteMagnitude), references)
        let w0 = powers(s0, onnxlm_mm512_group0_ps(subtrahends), areFine: false)
        let w1 = powers(s1, onnxlm_mm512_group1_ps(subtrahends), areFine: false)
        let w2 = powers(s2, onnxlm_mm512_group2_ps(subtrahends), areFine: false)
        let w3 = powers(s3, onnxlm_mm512_group3_ps(subtrahends), areFine: false)
        store(w0, a.scores + row &* 64, areFew)
        if rows.count > 1 { store(w1, a.scores + rows.row1 &* 64, areFew) }
        if rows.count > 2 { store(w2, a.scores + rows.row2 &* 64, areFew) }
        if rows.count > 3 { store(w3, a.scores + rows.row3 &* 64, areFew) }
        let totals = groupTotals(total(w0), total(w1), total(w2), total(w3))
        let decays = power(_mm512_sub_ps(before, subtrahends), isFine: false)
        let sums = _mm512_fmadd_ps(loadGroups(a.sums + row, rows.count), decays, totals)
        storeGroups(references, a.maxima + row, rows.count)
        storeGroups(sums, a.sums + row, rows.count)
        storeGroups(decays, scratch.decays + row, rows.count)
    }

    /// The exponents of a row's weights; −infinity where the key is not seen.
    @inline(always)
    private func exponents(_ a: onnxlm_attention_args, _ row: Int, _ start: Int, _ isWhole: Bool)
        -> FourVectors
    {
        let scores = a.scores + row &* 64
        let s = (
            _mm512_loadu_ps(scores), _mm512_loadu_ps(scores + 16), _mm512_loadu_ps(scores + 32),
            _mm512_loadu_ps(scores + 48)
        )
        if isWhole { return s }
        let seen = seenKeys(a, row, start)
        let bias = biasOfRow(a, row, start)
        return (
            exponents(a, s.0, bias, seen, 0), exponents(a, s.1, bias, seen, 16),
            exponents(a, s.2, bias, seen, 32),
            exponents(a, s.3, bias, seen, 48)
        )
    }

    @inline(always)
    private func exponents(
        _ a: onnxlm_attention_args, _ scores: __m512, _ bias: UnsafePointer<Float>?, _ seen: UInt64,
        _ first: Int
    ) -> __m512 {
        let mask = UInt16(truncatingIfNeeded: seen &>> UInt64(truncatingIfNeeded: first))
        var s = scores
        if hasPlainScores(a) == false {
            s = cappedAndBiased(a, s, bias, mask, first)
            s = _mm512_mul_ps(s, splat(log2e))
        }
        return _mm512_mask_blend_ps(mask, splat(-.infinity), s)
    }

    /// The sums of a row's weights, lane by lane.
    @inline(always)
    private func total(_ w: FourVectors) -> __m512 {
        _mm512_add_ps(_mm512_add_ps(w.0, w.1), _mm512_add_ps(w.2, w.3))
    }

    /// Rounds a row's weights to nearest, those in the middle upwards; a NaN may be lost, but not from the row's sum.
    @inline(always)
    private func store(_ w: FourVectors, _ target: UnsafeMutablePointer<Float>, _ areFew: Bool) {
        let b = (biased(w.0), biased(w.1), biased(w.2), biased(w.3))
        if areFew {
            _mm512_storeu_si512(target, _mm512_and_si512(b.0, upperHalves()))
            _mm512_storeu_si512(target + 16, _mm512_and_si512(b.1, upperHalves()))
            _mm512_storeu_si512(target + 32, _mm512_and_si512(b.2, upperHalves()))
            _mm512_storeu_si512(target + 48, _mm512_and_si512(b.3, upperHalves()))
        } else {
            _mm512_storeu_si512(target, onnxlm_mm512_upper_words_epi32(b.0, b.1))
            _mm512_storeu_si512(target + 16, onnxlm_mm512_upper_words_epi32(b.2, b.3))
        }
    }

    @inline(always)
    private func biased(_ w: __m512) -> __m512i {
        _mm512_add_epi32(_mm512_castps_si512(w), _mm512_set1_epi32(0x8000))
    }

    /// Makes float32 of the weights of all rows, in their place.
    @inline(always)
    func widenWeights(_ a: onnxlm_attention_args, _ rows: Int) {
        var row = 0
        while row < rows {
            let weights = a.scores + row &* 64
            // The last first: what is read lies before what is written.
            var part = 3
            while part >= 0 {
                let words = UnsafeRawPointer(weights + 8 &* part).assumingMemoryBound(to: __m256i_u.self)
                let wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256(words))
                _mm512_storeu_si512(weights + 16 &* part, _mm512_slli_epi32(wide, 16))
                part &-= 1
            }
            row &+= 1
        }
    }
#endif
