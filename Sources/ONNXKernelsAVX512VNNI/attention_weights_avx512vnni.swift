// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// Turns a row's products with a block of keys into weights `exp(score - maximum)`; the factor for what was summed
    /// up before. With int8 values the weights take in the values' scales, once they have been added up.
    ///
    /// A block without any score above −infinity leaves all as it is: weights 0 and factor 1.
    @inline(always)
    func weighRow(_ a: onnxlm_attention_args, _ row: Int, _ start: Int, _ span: BlockSpan, scaled: Bool)
        -> Float
    {
        let scores = a.scores + row &* 64
        let column = start &- Int(a.first_key)
        let below = span.high >= 64 ? UInt64.max : (UInt64(1) &<< UInt64(truncatingIfNeeded: span.high)) &- 1
        let above = span.low <= 0 ? UInt64.max : UInt64.max &<< UInt64(truncatingIfNeeded: span.low)
        let seen = below & above
        let bias = biasOfRow(a, row, start)
        let keyScales = scaled ? a.key_scales.map { $0 + column } : nil
        let s0 = score(a, scores, keyScales, bias, seen, 0)
        let s1 = score(a, scores, keyScales, bias, seen, 16)
        let s2 = score(a, scores, keyScales, bias, seen, 32)
        let s3 = score(a, scores, keyScales, bias, seen, 48)
        // Where an operand is NaN these give the second one: a NaN in the first is found by the test below.
        let largest = _mm512_max_ps(_mm512_max_ps(s0, s1), _mm512_max_ps(s2, s3))
        let unordered = onnxlm_mm512_unordered_ps(s0, s1) | onnxlm_mm512_unordered_ps(s2, s3)
        let before = a.maxima[row]
        let found = unordered == 0 ? _mm512_reduce_max_ps(largest) : orderedMaximum(s0, s1, s2, s3)
        let maximum = found > before ? found : before
        if maximum == -Float.infinity && unordered == 0 {
            let none = _mm512_setzero_ps()
            storeFour(scores, (none, none, none, none))
            return 1
        }
        let subtrahend = splat(maximum)
        var w0 = exp16(_mm512_sub_ps(s0, subtrahend))
        var w1 = exp16(_mm512_sub_ps(s1, subtrahend))
        var w2 = exp16(_mm512_sub_ps(s2, subtrahend))
        var w3 = exp16(_mm512_sub_ps(s3, subtrahend))
        let total = _mm512_add_ps(_mm512_add_ps(w0, w1), _mm512_add_ps(w2, w3))
        if scaled, let scales = a.value_scales {
            let scales = scales + column
            w0 = _mm512_mul_ps(w0, loadSeen(scales, seen, 0))
            w1 = _mm512_mul_ps(w1, loadSeen(scales, seen, 16))
            w2 = _mm512_mul_ps(w2, loadSeen(scales, seen, 32))
            w3 = _mm512_mul_ps(w3, loadSeen(scales, seen, 48))
        }
        storeFour(scores, (w0, w1, w2, w3))
        let decay = before == -Float.infinity ? 0 : _mm512_cvtss_f32(exp16(splat(before - maximum)))
        a.maxima[row] = maximum
        a.sums[row] = a.sums[row] * decay + _mm512_reduce_add_ps(total)
        return decay
    }

    /// 16 numbers of a block from the `first` on, zeros where the key is not seen.
    @inline(always)
    private func loadSeen(_ base: UnsafePointer<Float>, _ seen: UInt64, _ first: Int) -> __m512 {
        let mask = UInt16(truncatingIfNeeded: seen &>> UInt64(truncatingIfNeeded: first))
        return _mm512_maskz_loadu_ps(mask, base + first)
    }

    /// 16 scores, made of products; −infinity where the key is not seen.
    @inline(always)
    private func score(
        _ a: onnxlm_attention_args, _ products: UnsafePointer<Float>, _ scales: UnsafePointer<Float>?,
        _ bias: UnsafePointer<Float>?, _ seen: UInt64, _ first: Int
    ) -> __m512 {
        var s = _mm512_loadu_ps(products + first)
        if let scales { s = _mm512_mul_ps(s, loadSeen(scales, seen, first)) }
        s = _mm512_mul_ps(s, splat(a.scale))
        if a.softcap > 0 {
            let cap = splat(a.softcap)
            s = _mm512_mul_ps(cap, tanh16(_mm512_div_ps(s, cap)))
        }
        if let bias { s = _mm512_add_ps(s, loadSeen(bias, seen, first)) }
        let mask = UInt16(truncatingIfNeeded: seen &>> UInt64(truncatingIfNeeded: first))
        return _mm512_mask_blend_ps(mask, splat(-Float.infinity), s)
    }

    /// The largest of 64 scores that is not NaN.
    @inline(always)
    private func orderedMaximum(_ a: __m512, _ b: __m512, _ c: __m512, _ d: __m512) -> Float {
        var largest = splat(-Float.infinity)
        largest = _mm512_max_ps(a, largest)
        largest = _mm512_max_ps(b, largest)
        largest = _mm512_max_ps(c, largest)
        largest = _mm512_max_ps(d, largest)
        return _mm512_reduce_max_ps(largest)
    }
#endif
