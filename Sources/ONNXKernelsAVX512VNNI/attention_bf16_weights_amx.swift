// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    // Weights are powers of 2, whose exponents are the scores times log2 e less a reference of the row, which only grows
    // where a block has a score that is larger by more than 8. So most blocks leave what was summed up as it is.

    /// Turns the products of up to four rows with a block of keys, 64 a row, into rounded weights, in their place: 64 of
    /// bfloat16, or, of few rows, the same numbers as float32. Brings references and sums of the rows up to date.
    ///
    /// A row that sees none of the block keeps its state: its weights are 0, and its reference stays.
    ///
    /// - Parameter work: what tiles do meanwhile.
    @inline(always)
    func weighFour(
        _ a: onnxlm_attention_args, _ row: Int, _ rest: Int, _ scores: UnsafeMutablePointer<Float>,
        _ decays: UnsafeMutablePointer<Float>, _ start: Int, isWhole: Bool, areFew: Bool, _ work: TileWork?
    ) {
        let rows = RowsOfFour(row, rest)
        let scores1 = scores + 64 &* (rows.row1 &- row)
        let scores2 = scores + 64 &* (rows.row2 &- row)
        let scores3 = scores + 64 &* (rows.row3 &- row)
        if !isWhole {
            makeExponents(a, row, scores, start)
            if rows.count > 1 { makeExponents(a, rows.row1, scores1, start) }
            if rows.count > 2 { makeExponents(a, rows.row2, scores2, start) }
            if rows.count > 3 { makeExponents(a, rows.row3, scores3, start) }
        }
        let found = groupMaxima(
            largest(loadScores(scores)), largest(loadScores(scores1)), largest(loadScores(scores2)),
            largest(loadScores(scores3)))
        let before = loadGroups(a.maxima + row, rows.count)
        let references = _mm512_mask_mov_ps(
            before, onnxlm_mm512_less_ps(_mm512_add_ps(before, splat(8)), found), found)
        // −infinity less itself is NaN.
        let subtrahends = _mm512_max_ps(splat(-.greatestFiniteMagnitude), references)
        work?.perform(before: 0)
        let t0 = weigh(scores, onnxlm_mm512_group0_ps(subtrahends), areFew)
        work?.perform(before: 1)
        let t1 = rows.count > 1 ? weigh(scores1, onnxlm_mm512_group1_ps(subtrahends), areFew) : t0
        work?.perform(before: 2)
        let t2 = rows.count > 2 ? weigh(scores2, onnxlm_mm512_group2_ps(subtrahends), areFew) : t0
        work?.perform(before: 3)
        let t3 = rows.count > 3 ? weigh(scores3, onnxlm_mm512_group3_ps(subtrahends), areFew) : t0
        let totals = groupTotals(t0, t1, t2, t3)
        let decaysOfGroups = power(_mm512_sub_ps(before, subtrahends), isFine: false)
        let sums = _mm512_fmadd_ps(loadGroups(a.sums + row, rows.count), decaysOfGroups, totals)
        storeGroups(references, a.maxima + row, rows.count)
        storeGroups(sums, a.sums + row, rows.count)
        storeGroups(decaysOfGroups, decays, rows.count)
        work?.finish()
    }

    /// Turns a row's exponents into rounded weights; gives their sums before, lane by lane.
    @inline(always)
    private func weigh(_ scores: UnsafeMutablePointer<Float>, _ subtrahend: __m512, _ areFew: Bool) -> __m512
    {
        let w = powers(loadScores(scores), subtrahend, areFine: false)
        store(w, scores, areFew)
        return _mm512_add_ps(_mm512_add_ps(w.0, w.1), _mm512_add_ps(w.2, w.3))
    }

    @inline(always)
    private func loadScores(_ scores: UnsafePointer<Float>) -> FourVectors {
        (
            _mm512_loadu_ps(scores), _mm512_loadu_ps(scores + 16), _mm512_loadu_ps(scores + 32),
            _mm512_loadu_ps(scores + 48)
        )
    }

    /// Turns a row's products into the exponents of its weights; −infinity where the key is not seen.
    @inline(always)
    private func makeExponents(
        _ a: onnxlm_attention_args, _ row: Int, _ scores: UnsafeMutablePointer<Float>, _ start: Int
    ) {
        let s = loadScores(scores)
        let seen = seenKeys(a, row, start)
        let bias = biasOfRow(a, row, start)
        _mm512_storeu_ps(scores, exponents(a, s.0, bias, seen, 0))
        _mm512_storeu_ps(scores + 16, exponents(a, s.1, bias, seen, 16))
        _mm512_storeu_ps(scores + 32, exponents(a, s.2, bias, seen, 32))
        _mm512_storeu_ps(scores + 48, exponents(a, s.3, bias, seen, 48))
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

    /// Makes float32 of the weights of some rows, in their place.
    @inline(always)
    func widenWeights(_ scores: UnsafeMutablePointer<Float>, _ rows: Int) {
        var row = 0
        while row < rows {
            let weights = scores + row &* 64
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
