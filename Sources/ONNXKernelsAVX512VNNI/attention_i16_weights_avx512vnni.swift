// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// Turns the sums of up to four rows with a block of keys into codes of weights `exp(score - maximum)` times the
    /// values' scales, in the place of the sums: 64 of 16 bits. Brings maxima and sums of the rows up to date.
    ///
    /// A row that sees none of the block keeps its state: codes 0 and decay 1.
    @inline(always)
    func weighFour(_ a: onnxlm_attention_args, _ row: Int, _ rest: Int, _ start: Int, _ scratch: CodedRows) {
        let count = rest < 4 ? rest : 4
        let mask = UInt16(truncatingIfNeeded: (UInt32(1) &<< UInt32(truncatingIfNeeded: count)) &- 1)
        let r1 = row &+ (count > 1 ? 1 : 0)
        let r2 = row &+ (count > 2 ? 2 : 0)
        let r3 = row &+ (count > 3 ? 3 : 0)
        let seen0 = seenKeys(a, row, start)
        let seen1 = seenKeys(a, r1, start)
        let seen2 = seenKeys(a, r2, start)
        let seen3 = seenKeys(a, r3, start)
        let s0 = scores(a, row, start, seen0, scratch.queryScales[row])
        let s1 = scores(a, r1, start, seen1, scratch.queryScales[r1])
        let s2 = scores(a, r2, start, seen2, scratch.queryScales[r2])
        let s3 = scores(a, r3, start, seen3, scratch.queryScales[r3])

        // Each group of four lanes is one row's.
        let before = onnxlm_mm512_spread4_ps(_mm512_maskz_loadu_ps(mask, a.maxima + row))
        let found = groupMaxima(largest(s0), largest(s1), largest(s2), largest(s3))
        let maxima = _mm512_max_ps(found, before)
        // −infinity less itself is NaN.
        let subtrahends = _mm512_max_ps(splat(-.greatestFiniteMagnitude), maxima)
        let decays = power(_mm512_sub_ps(before, subtrahends))
        let w0 = powers(s0, onnxlm_mm512_group0_ps(subtrahends))
        let w1 = powers(s1, onnxlm_mm512_group1_ps(subtrahends))
        let w2 = powers(s2, onnxlm_mm512_group2_ps(subtrahends))
        let w3 = powers(s3, onnxlm_mm512_group3_ps(subtrahends))
        let totals = groupTotals(total(w0), total(w1), total(w2), total(w3))
        let sums = onnxlm_mm512_spread4_ps(_mm512_maskz_loadu_ps(mask, a.sums + row))
        store(maxima, a.maxima + row, mask)
        store(_mm512_fmadd_ps(sums, decays, totals), a.sums + row, mask)
        store(decays, scratch.decays + row, mask)

        let scales = a.value_scales.map { $0 + (start &- Int(a.first_key)) }
        let u0 = scaled(w0, scales, seen0)
        let u1 = scaled(w1, scales, seen1)
        let u2 = scaled(w2, scales, seen2)
        let u3 = scaled(w3, scales, seen3)
        let found2 = groupUnsignedMaxima(highest(u0), highest(u1), highest(u2), highest(u3))
        // Weights so small do not show; the operand that may be NaN stands second.
        let sizes = _mm512_max_ps(splat(1e-34), found2)
        let largestCode = splat(Float(ONNXLM_CACHE_I16_WEIGHT))
        let factors = _mm512_div_ps(largestCode, sizes)
        store(_mm512_div_ps(sizes, largestCode), scratch.weightScales + row, mask)
        storeCodes(a.scores + row &* 64, u0, onnxlm_mm512_group0_ps(factors))
        if count > 1 { storeCodes(a.scores + r1 &* 64, u1, onnxlm_mm512_group1_ps(factors)) }
        if count > 2 { storeCodes(a.scores + r2 &* 64, u2, onnxlm_mm512_group2_ps(factors)) }
        if count > 3 { storeCodes(a.scores + r3 &* 64, u3, onnxlm_mm512_group3_ps(factors)) }
    }

    /// A bit for each key of a block that a row sees.
    @inline(always)
    private func seenKeys(_ a: onnxlm_attention_args, _ row: Int, _ start: Int) -> UInt64 {
        let span = spanOfPosition(a, positionOfRow(a, row), start)
        if span.low >= span.high { return 0 }
        let below = span.high >= 64 ? UInt64.max : (UInt64(1) &<< UInt64(truncatingIfNeeded: span.high)) &- 1
        return below & (UInt64.max &<< UInt64(truncatingIfNeeded: span.low))
    }

    /// The scores of a row; −infinity where the key is not seen.
    @inline(always)
    private func scores(
        _ a: onnxlm_attention_args, _ row: Int, _ start: Int, _ seen: UInt64, _ scale: Float
    ) -> FourVectors {
        let sums = a.scores + row &* 64
        let keyScales = a.key_scales.map { $0 + (start &- Int(a.first_key)) }
        var bias: UnsafePointer<Float>?
        if let base = a.bias {
            let within = positionOfRow(a, row)
            let head = row &- within &* Int(a.heads)
            let offset = head &* Int(a.bias_head_stride) &+ within &* Int(a.bias_position_stride)
            bias = base + (offset &+ start)
        }
        return (
            score(a, sums, keyScales, bias, seen, scale, 0), score(a, sums, keyScales, bias, seen, scale, 16),
            score(a, sums, keyScales, bias, seen, scale, 32), score(a, sums, keyScales, bias, seen, scale, 48)
        )
    }

    @inline(always)
    private func score(
        _ a: onnxlm_attention_args, _ sums: UnsafePointer<Float>, _ scales: UnsafePointer<Float>?,
        _ bias: UnsafePointer<Float>?, _ seen: UInt64, _ scale: Float, _ first: Int
    ) -> __m512 {
        let mask = UInt16(truncatingIfNeeded: seen &>> UInt64(truncatingIfNeeded: first))
        var s = _mm512_cvtepi32_ps(_mm512_loadu_si512(sums + first))
        if let scales { s = _mm512_mul_ps(s, _mm512_maskz_loadu_ps(mask, scales + first)) }
        s = _mm512_mul_ps(s, splat(scale))
        if a.softcap > 0 {
            let cap = splat(a.softcap)
            s = _mm512_mul_ps(cap, tanh16(_mm512_div_ps(s, cap)))
        }
        if let bias { s = _mm512_add_ps(s, _mm512_maskz_loadu_ps(mask, bias + first)) }
        return _mm512_mask_blend_ps(mask, splat(-.infinity), s)
    }

    /// e to the power of x, for x up to 0, to 2⁻¹⁸ of itself: 1 for 0, 0 for −infinity.
    @inline(always)
    private func power(_ x: __m512) -> __m512 {
        let binary = _mm512_mul_ps(x, splat(1.44269504088896341))
        let r = onnxlm_mm512_fraction_ps(binary)
        // 2 to the power of r, for r from 0 to 1: the polynomial with 1 at 0 whose relative error is the least.
        var p = _mm512_fmadd_ps(splat(0.013426016084849834), r, splat(0.05224379897117615))
        p = _mm512_fmadd_ps(p, r, splat(0.24127937853336334))
        p = _mm512_fmadd_ps(p, r, splat(0.6930450201034546))
        p = _mm512_fmadd_ps(p, r, splat(1))
        return _mm512_scalef_ps(p, binary)
    }

    @inline(always)
    private func powers(_ s: FourVectors, _ subtrahend: __m512) -> FourVectors {
        (
            power(_mm512_sub_ps(s.0, subtrahend)), power(_mm512_sub_ps(s.1, subtrahend)),
            power(_mm512_sub_ps(s.2, subtrahend)), power(_mm512_sub_ps(s.3, subtrahend))
        )
    }

    @inline(always)
    private func scaled(_ w: FourVectors, _ scales: UnsafePointer<Float>?, _ seen: UInt64) -> FourVectors {
        guard let scales else { return w }
        return (
            scaledPart(w.0, scales, seen, 0), scaledPart(w.1, scales, seen, 16),
            scaledPart(w.2, scales, seen, 32), scaledPart(w.3, scales, seen, 48)
        )
    }

    @inline(always)
    private func scaledPart(_ w: __m512, _ scales: UnsafePointer<Float>, _ seen: UInt64, _ first: Int)
        -> __m512
    {
        let mask = UInt16(truncatingIfNeeded: seen &>> UInt64(truncatingIfNeeded: first))
        return _mm512_mul_ps(w, _mm512_maskz_loadu_ps(mask, scales + first))
    }

    /// Rounds weights to 16 bits.
    @inline(always)
    private func storeCodes(_ target: UnsafeMutablePointer<Float>, _ u: FourVectors, _ factor: __m512) {
        let codes = UnsafeMutableRawPointer(target).assumingMemoryBound(to: __m256i_u.self)
        _mm256_storeu_si256(codes, _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(_mm512_mul_ps(u.0, factor))))
        _mm256_storeu_si256(codes + 1, _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(_mm512_mul_ps(u.1, factor))))
        _mm256_storeu_si256(codes + 2, _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(_mm512_mul_ps(u.2, factor))))
        _mm256_storeu_si256(codes + 3, _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(_mm512_mul_ps(u.3, factor))))
    }

    /// The first lane of each group.
    @inline(always)
    private func store(_ groups: __m512, _ target: UnsafeMutablePointer<Float>, _ mask: UInt16) {
        _mm512_mask_storeu_ps(target, mask, onnxlm_mm512_gather4_ps(groups))
    }
#endif
